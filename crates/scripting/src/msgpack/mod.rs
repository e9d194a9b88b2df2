//! The `cmsgpack` library: `pack`, `unpack`, `unpack_one`, `unpack_limit`.
//!
//! As lua-cmsgpack 0.4: strings are the only bytes it knows, numbers are the shortest that keep
//! their value, and what has no place in MessagePack (functions, tables deeper than 16) is `nil`.

mod decode;
mod encode;

use mlua::{Lua, LuaString, MultiValue, Result, Table, Value};

use self::decode::{Failure, Reader};
use crate::arguments::{Arguments, bare, complain};

/// Values that a function may return: Lua's stack has room for no more.
pub(crate) const MOST_RESULTS: usize = 7997;

/// The library's functions.
pub fn library(lua: &Lua) -> Result<Table> {
    let table = lua.create_table()?;
    table.set("_NAME", "cmsgpack")?;
    table.set("_VERSION", "lua-cmsgpack 0.4.0")?;
    table.set("_COPYRIGHT", "Copyright (C) 2012, Redis Ltd.")?;
    table.set("_DESCRIPTION", "MessagePack C implementation for Lua")?;
    table.set("pack", lua.create_function(pack)?)?;
    table.set("unpack", lua.create_function(unpack)?)?;
    table.set("unpack_one", lua.create_function(unpack_one)?)?;
    table.set("unpack_limit", lua.create_function(unpack_limit)?)?;
    Ok(table)
}

fn pack(lua: &Lua, values: MultiValue) -> Result<LuaString> {
    if values.is_empty() {
        return Err(Arguments::new(lua, values).bad(0, "MessagePack pack needs input."));
    }
    let mut out = Vec::new();
    values.iter().try_for_each(|value| encode::write(&mut out, value, 0))?;
    lua.create_string(out)
}

fn unpack(lua: &Lua, values: MultiValue) -> Result<MultiValue> {
    let text = Arguments::new(lua, values).string(1)?;
    take(lua, &text.as_bytes(), 0, usize::MAX).map(|(values, _)| values)
}

fn unpack_one(lua: &Lua, values: MultiValue) -> Result<MultiValue> {
    let arguments = Arguments::new(lua, values);
    let offset = arguments.integer_or(2, 0)?;
    some(lua, &arguments, offset, 1)
}

fn unpack_limit(lua: &Lua, values: MultiValue) -> Result<MultiValue> {
    let arguments = Arguments::new(lua, values);
    let limit = arguments.integer(2)?;
    let offset = arguments.integer_or(3, 0)?;
    if (limit, offset) == (0, 0) {
        let text = arguments.string(1)?;
        return take(lua, &text.as_bytes(), 0, usize::MAX).map(|(values, _)| values);
    }
    some(lua, &arguments, offset, limit)
}

/// So many values from an offset on, behind the offset of what follows: -1 at the end.
fn some(lua: &Lua, arguments: &Arguments<'_>, offset: i64, limit: i64) -> Result<MultiValue> {
    let text = arguments.string(1)?;
    let bytes = text.as_bytes();
    // compat: the text shows the low 32 bits, and the length where it says limit.
    let (shown, len) = (offset as i32, bytes.len() as i32);
    let (Ok(start), Ok(limit)) = (usize::try_from(offset), usize::try_from(limit)) else {
        return Err(complain(
            lua,
            format!("Invalid request to unpack with offset of {shown} and limit of {len}."),
        ));
    };
    if start > bytes.len() {
        return Err(complain(
            lua,
            format!("Start offset {shown} greater than input length {len}."),
        ));
    }
    let (mut values, end) = take(lua, &bytes, start, limit)?;
    values.push_front(Value::Number(if end == bytes.len() { -1.0 } else { end as f64 }));
    Ok(values)
}

/// At most so many values from an offset on, and where they end.
fn take(lua: &Lua, bytes: &[u8], start: usize, limit: usize) -> Result<(MultiValue, usize)> {
    let mut reader = Reader::new(lua, bytes, start);
    let mut values = Vec::new();
    while !reader.is_at_end() && values.len() < limit {
        if values.len() >= MOST_RESULTS {
            return Err(too_many(lua));
        }
        values.push(reader.value().map_err(|failure| raised(lua, failure))?);
    }
    Ok((MultiValue::from_vec(values), reader.at()))
}

fn raised(lua: &Lua, failure: Failure) -> mlua::Error {
    match failure {
        Failure::Missing => complain(lua, "Missing bytes in input."),
        Failure::Bad => complain(lua, "Bad data format in input."),
        Failure::TooDeep(true) => {
            complain(lua, "stack overflow (in function mp_decode_to_lua_array)")
        }
        Failure::TooDeep(false) => too_many(lua),
        Failure::Index(kind) => bare(format!("table index is {kind}")),
        Failure::Lua(error) => error,
    }
}

fn too_many(lua: &Lua) -> mlua::Error {
    complain(
        lua,
        "stack overflow (too many return values at once; use unpack_one or unpack_limit instead.)",
    )
}
