//! The `bit` library: operations on 32-bit integers, as LuaBitOp has them.

use mlua::{Lua, LuaString, MultiValue, Result, Table};

use crate::arguments::Arguments;

/// The library's functions.
pub fn library(lua: &Lua) -> Result<Table> {
    let table = lua.create_table()?;
    table.set("tobit", single(lua, |x| x)?)?;
    table.set("bnot", single(lua, |x| !x)?)?;
    table.set("bswap", single(lua, i32::swap_bytes)?)?;
    table.set("band", fold(lua, |a, b| a & b)?)?;
    table.set("bor", fold(lua, |a, b| a | b)?)?;
    table.set("bxor", fold(lua, |a, b| a ^ b)?)?;
    table.set("lshift", shift(lua, |x, n| x << n)?)?;
    table.set("rshift", shift(lua, |x, n| ((x as u32) >> n) as i32)?)?;
    table.set("arshift", shift(lua, |x, n| x >> n)?)?;
    table.set("rol", shift(lua, i32::rotate_left)?)?;
    table.set("ror", shift(lua, i32::rotate_right)?)?;
    table.set("tohex", lua.create_function(tohex)?)?;
    Ok(table)
}

/// The low 32 bits of a number, rounded to the nearest integer.
///
/// compat: beyond 2^51 they are whatever the addition of 2^52 + 2^51 leaves in the low bits.
fn bits(x: f64) -> i32 {
    (x + 6_755_399_441_055_744.0).to_bits() as u32 as i32
}

fn argument(arguments: &Arguments<'_>, index: usize) -> Result<i32> {
    arguments.number(index).map(bits)
}

fn single(lua: &Lua, op: fn(i32) -> i32) -> Result<mlua::Function> {
    lua.create_function(move |lua, values: MultiValue| {
        argument(&Arguments::new(lua, values), 1).map(op)
    })
}

fn fold(lua: &Lua, op: fn(i32, i32) -> i32) -> Result<mlua::Function> {
    lua.create_function(move |lua, values: MultiValue| {
        let arguments = Arguments::new(lua, values);
        let first = argument(&arguments, 1)?;
        let mut rest = 2..=arguments.len();
        rest.try_fold(first, |all, index| Ok(op(all, argument(&arguments, index)?)))
    })
}

fn shift(lua: &Lua, op: fn(i32, u32) -> i32) -> Result<mlua::Function> {
    lua.create_function(move |lua, values: MultiValue| {
        let arguments = Arguments::new(lua, values);
        let x = argument(&arguments, 1)?;
        Ok(op(x, argument(&arguments, 2)? as u32 & 31))
    })
}

/// The last `digits` hex digits, upper case where `digits` is negative.
fn tohex(lua: &Lua, values: MultiValue) -> Result<LuaString> {
    let arguments = Arguments::new(lua, values);
    let x = argument(&arguments, 1)?;
    let digits = if arguments.get(2).is_none() { 8 } else { argument(&arguments, 2)? };
    let count = digits.unsigned_abs().min(8) as usize;
    let text = format!("{x:08x}");
    let text = &text[8 - count..];
    if digits < 0 { lua.create_string(text.to_uppercase()) } else { lua.create_string(text) }
}
