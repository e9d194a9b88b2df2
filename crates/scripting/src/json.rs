//! The `cjson` library.

use mlua::{Lua, Result, Table};

/// The library's functions.
pub fn library(lua: &Lua) -> Result<Table> {
    lua.create_table()
}
