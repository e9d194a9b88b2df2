//! From a command's reply to what a script gets.
//!
//! | reply | Lua |
//! |---|---|
//! | integer | number |
//! | bulk | string |
//! | array | table with indices from 1 |
//! | status | table with `ok` |
//! | error | table with `err` |
//! | null of RESP2, null of RESP3 | `false`, `nil` |
//! | map, set, double, big number, verbatim | table with a field of that name |
//! | boolean | boolean |

use mlua::{Lua, Result, Table, Value as LuaValue};
use resp::{Decoder, Protocol, Value};

/// The Lua value of a reply. The bytes are one whole reply.
pub fn reply(lua: &Lua, bytes: &[u8], protocol: Protocol) -> Result<LuaValue> {
    if let Some(simple) = simple(lua, bytes)? {
        return Ok(simple);
    }
    match Decoder::new().decode(bytes) {
        Ok(Some((reply, _))) => value(lua, &reply, protocol),
        Ok(None) | Err(_) => Ok(LuaValue::Nil),
    }
}

/// Integers and short strings, without a tree.
fn simple(lua: &Lua, bytes: &[u8]) -> Result<Option<LuaValue>> {
    let Some(end) = bytes.iter().take(24).position(|byte| *byte == b'\r') else { return Ok(None) };
    let Some(number) = resp::number::parse_i64(&bytes[1..end]) else { return Ok(None) };
    match bytes[0] {
        b':' => Ok(Some(LuaValue::Number(number as f64))),
        b'$' if number >= 0 => {
            let text = &bytes[end + 2..bytes.len() - 2];
            Ok(Some(LuaValue::String(lua.create_string(text)?)))
        }
        _ => Ok(None),
    }
}

fn value(lua: &Lua, reply: &Value, protocol: Protocol) -> Result<LuaValue> {
    Ok(match reply {
        Value::Status(text) => field(lua, "ok", lua.create_string(text)?)?,
        Value::Error(text) | Value::BlobError(text) => counted_error(lua, text)?,
        Value::Integer(n) => LuaValue::Number(*n as f64),
        Value::Bulk(bytes) => LuaValue::String(lua.create_string(bytes)?),
        Value::Null if protocol == Protocol::Resp2 => LuaValue::Boolean(false),
        Value::Null => LuaValue::Nil,
        Value::Array(items) | Value::Push(items) => LuaValue::Table(array(lua, items, protocol)?),
        Value::Map(pairs) => {
            let map = lua.create_table_with_capacity(0, pairs.len())?;
            for (key, item) in pairs {
                map.raw_set(value(lua, key, protocol)?, value(lua, item, protocol)?)?;
            }
            field(lua, "map", map)?
        }
        Value::Set(items) => {
            let set = lua.create_table_with_capacity(0, items.len())?;
            for item in items {
                set.raw_set(value(lua, item, protocol)?, true)?;
            }
            field(lua, "set", set)?
        }
        Value::Double { value, .. } => field(lua, "double", *value)?,
        Value::Boolean(value) => LuaValue::Boolean(*value),
        Value::BigNumber(digits) => field(lua, "big_number", lua.create_string(digits)?)?,
        Value::Verbatim { format, text } => {
            let inner = lua.create_table_with_capacity(0, 2)?;
            inner.raw_set("string", lua.create_string(text)?)?;
            inner.raw_set("format", lua.create_string(format)?)?;
            field(lua, "verbatim_string", inner)?
        }
        Value::Attribute { value: inner, .. } => value(lua, inner, protocol)?,
    })
}

fn array(lua: &Lua, items: &[Value], protocol: Protocol) -> Result<Table> {
    let table = lua.create_table_with_capacity(items.len(), 0)?;
    for (i, item) in items.iter().enumerate() {
        table.raw_set(i + 1, value(lua, item, protocol)?)?;
    }
    Ok(table)
}

fn field(lua: &Lua, name: &str, value: impl mlua::IntoLua) -> Result<LuaValue> {
    let table = lua.create_table_with_capacity(0, 1)?;
    table.raw_set(name, value)?;
    Ok(LuaValue::Table(table))
}

/// The field of errors that were counted when a command replied with them.
pub const COUNTED: &str = "ignore_error_stats_update";

/// A table with `err` that the host has counted.
pub fn counted_error(lua: &Lua, text: &[u8]) -> Result<LuaValue> {
    let table = lua.create_table_with_capacity(0, 2)?;
    table.raw_set("err", lua.create_string(text)?)?;
    table.raw_set(COUNTED, true)?;
    Ok(LuaValue::Table(table))
}

/// A table with `err`: the text, its error code first.
pub fn error(lua: &Lua, text: &[u8]) -> Result<LuaValue> {
    field(lua, "err", lua.create_string(text)?)
}
