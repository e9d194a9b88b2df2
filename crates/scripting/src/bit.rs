//! The `bit` library: operations on 32-bit integers, as LuaBitOp has them.

use mlua::{Lua, LuaString, Result, Table, Variadic};

/// The library's functions.
pub fn library(lua: &Lua) -> Result<Table> {
    let table = lua.create_table()?;
    table.set("tobit", lua.create_function(|_, x: f64| Ok(bits(x)))?)?;
    table.set("bnot", lua.create_function(|_, x: f64| Ok(!bits(x)))?)?;
    table.set("bswap", lua.create_function(|_, x: f64| Ok(bits(x).swap_bytes()))?)?;
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
fn bits(x: f64) -> i32 {
    let modulus = 4_294_967_296.0;
    let x = x.round_ties_even().rem_euclid(modulus);
    x as u32 as i32
}

fn fold(lua: &Lua, op: fn(i32, i32) -> i32) -> Result<mlua::Function> {
    lua.create_function(move |_, (first, rest): (f64, Variadic<f64>)| {
        Ok(rest.iter().fold(bits(first), |all, x| op(all, bits(*x))))
    })
}

fn shift(lua: &Lua, op: fn(i32, u32) -> i32) -> Result<mlua::Function> {
    lua.create_function(move |_, (x, n): (f64, f64)| Ok(op(bits(x), bits(n) as u32 & 31)))
}

/// The last `digits` hex digits, upper case where `digits` is negative.
fn tohex(lua: &Lua, (x, digits): (f64, Option<f64>)) -> Result<LuaString> {
    let digits = digits.map_or(8, bits);
    let count = digits.unsigned_abs().min(8) as usize;
    let text = format!("{:08x}", bits(x));
    let text = &text[8 - count..];
    if digits < 0 { lua.create_string(text.to_uppercase()) } else { lua.create_string(text) }
}
