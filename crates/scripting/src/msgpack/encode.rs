//! From Lua values to MessagePack.

use mlua::{Result, Table, Value};

use crate::from_lua::number;

/// Tables deeper than this are `nil`: a table may contain itself.
const DEEPEST: usize = 16;

/// Appends a value.
pub fn write(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<()> {
    match value {
        Value::String(text) => string(out, &text.as_bytes()),
        Value::Boolean(value) => out.push(if *value { 0xc3 } else { 0xc2 }),
        Value::Integer(value) => integer(out, *value),
        Value::Number(value) => write_number(out, *value),
        Value::Table(table) if depth < DEEPEST => return write_table(out, table, depth),
        _ => out.push(0xc0),
    }
    Ok(())
}

fn write_number(out: &mut Vec<u8>, value: f64) {
    let most = 9_223_372_036_854_775_808.0;
    if value.trunc() == value && (-most..most).contains(&value) {
        integer(out, value as i64);
    } else if f64::from(value as f32) == value {
        out.push(0xca);
        out.extend_from_slice(&(value as f32).to_be_bytes());
    } else {
        out.push(0xcb);
        out.extend_from_slice(&value.to_be_bytes());
    }
}

fn integer(out: &mut Vec<u8>, value: i64) {
    let bytes = value.to_be_bytes();
    let (code, width) = match value {
        -32..=127 => return out.push(bytes[7]),
        128..=0xff => (0xcc, 1),
        0x100..=0xffff => (0xcd, 2),
        0x1_0000..=0xffff_ffff => (0xce, 4),
        0x1_0000_0000.. => (0xcf, 8),
        -0x80..-32 => (0xd0, 1),
        -0x8000..-0x80 => (0xd1, 2),
        -0x8000_0000..-0x8000 => (0xd2, 4),
        ..-0x8000_0000 => (0xd3, 8),
    };
    out.push(code);
    out.extend_from_slice(&bytes[8 - width..]);
}

fn string(out: &mut Vec<u8>, text: &[u8]) {
    let bytes = (text.len() as u32).to_be_bytes();
    match text.len() {
        0..32 => out.push(0xa0 | bytes[3]),
        32..0x100 => out.extend_from_slice(&[0xd9, bytes[3]]),
        0x100..0x1_0000 => out.extend_from_slice(&[0xda, bytes[2], bytes[3]]),
        0x1_0000.. => {
            out.push(0xdb);
            out.extend_from_slice(&bytes);
        }
    }
    out.extend_from_slice(text);
}

fn write_table(out: &mut Vec<u8>, table: &Table, depth: usize) -> Result<()> {
    let (len, is_array) = shape(table)?;
    if is_array {
        header(out, len, (0x90, 0xdc));
        return (1..=len).try_for_each(|i| write(out, &table.raw_get(i)?, depth + 1));
    }
    header(out, len, (0x80, 0xde));
    for pair in table.pairs::<Value, Value>() {
        let (key, item) = pair?;
        write(out, &key, depth + 1)?;
        write(out, &item, depth + 1)?;
    }
    Ok(())
}

/// How many elements there are, and whether their keys are 1, 2, 3 and so on.
fn shape(table: &Table) -> Result<(usize, bool)> {
    let (mut len, mut most, mut plain) = (0, 0.0_f64, true);
    for pair in table.pairs::<Value, Value>() {
        let index = number(&pair?.0).filter(|index| *index >= 1.0 && index.trunc() == *index);
        plain &= index.is_some();
        most = most.max(index.unwrap_or_default());
        len += 1;
    }
    Ok((len, plain && most == len as f64))
}

/// The header of so many elements: a short code that holds their number, or one that it follows.
fn header(out: &mut Vec<u8>, len: usize, (short, long): (u8, u8)) {
    let bytes = (len as u32).to_be_bytes();
    match len {
        0..16 => out.push(short | bytes[3]),
        16..0x1_0000 => out.extend_from_slice(&[long, bytes[2], bytes[3]]),
        0x1_0000.. => {
            out.push(long + 1);
            out.extend_from_slice(&bytes);
        }
    }
}
