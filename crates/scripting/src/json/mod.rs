//! The `cjson` library: `encode`, `decode`, `null`.
//!
//! As lua-cjson 2.1 with its settings at their defaults: numbers have 14 digits, tables deeper
//! than 1000 are refused, an empty table is an object. `deviates:` the settings themselves
//! (`encode_keep_buffer` and others) are not offered: they would last from one script to another.

mod decode;
mod encode;

use mlua::{Lua, LuaString, Result, Table, Value};

use crate::sandbox::raise;

/// Tables deeper than this are neither written nor read.
const DEEPEST: usize = 1000;

/// The library's functions.
pub fn library(lua: &Lua) -> Result<Table> {
    let table = lua.create_table()?;
    table.set("null", Value::NULL)?;
    table.set("encode", lua.create_function(encode)?)?;
    table.set("decode", lua.create_function(decode)?)?;
    Ok(table)
}

fn encode(lua: &Lua, value: Value) -> Result<LuaString> {
    let mut out = Vec::new();
    encode::write(&mut out, &value, 0)?;
    lua.create_string(out)
}

fn decode(lua: &Lua, text: LuaString) -> Result<Value> {
    decode::Reader::new(lua, &text.as_bytes()).document()
}

fn refuse<T>(text: impl std::fmt::Display) -> Result<T> {
    Err(raise(format!("ERR {text}")))
}
