//! The `cjson` library: `encode`, `decode`, `null`, `new`, and its settings.
//!
//! As lua-cjson 2.1: an empty table is an object, and what C reads as a number is one.

mod decode;
mod encode;
mod number;
mod settings;

use mlua::{Lua, LuaString, MultiValue, Result, Table, Value};

use self::settings::Settings;
pub use self::settings::Shared;
use crate::arguments::{Arguments, complain};

/// The library's functions, with settings that they share.
pub fn library(lua: &Lua, shared: &Shared) -> Result<Table> {
    let table = lua.create_table()?;
    table.set("_NAME", "cjson")?;
    table.set("_VERSION", "2.1.0")?;
    table.set("null", Value::NULL)?;
    let settings = shared.clone();
    let encode = move |lua: &Lua, values| encode(lua, values, *settings.lock());
    table.set("encode", lua.create_function(encode)?)?;
    let settings = shared.clone();
    let decode = move |lua: &Lua, values| decode(lua, values, *settings.lock());
    table.set("decode", lua.create_function(decode)?)?;
    table
        .set("new", lua.create_function(|lua, _: MultiValue| library(lua, &Shared::default()))?)?;
    settings::add(lua, &table, shared)?;
    Ok(table)
}

fn encode(lua: &Lua, values: MultiValue, settings: Settings) -> Result<LuaString> {
    let arguments = Arguments::new(lua, values);
    let (1, Some(value)) = (arguments.len(), arguments.get(1)) else {
        return Err(arguments.bad(1, "expected 1 argument"));
    };
    let mut writer = encode::Writer::new(lua, settings);
    writer.value(value, 0)?;
    lua.create_string(writer.into_bytes())
}

fn decode(lua: &Lua, values: MultiValue, settings: Settings) -> Result<Value> {
    let arguments = Arguments::new(lua, values);
    if arguments.len() != 1 {
        return Err(arguments.bad(1, "expected 1 argument"));
    }
    let text = arguments.string(1)?;
    let text = text.as_bytes();
    if text.len() >= 2 && text[..2].contains(&0) {
        return Err(complain(lua, "JSON parser does not support UTF-16 or UTF-32"));
    }
    decode::Reader::new(lua, &text, settings).document()
}
