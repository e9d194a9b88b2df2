//! From Lua values to JSON.

use mlua::{Result, Table, Value};

use super::{DEEPEST, refuse};
use crate::from_lua::number;

/// An array may be this long whatever it lacks.
const SPARSE_SAFE: usize = 10;
/// A longer one may have this many places for each element.
const SPARSE_RATIO: usize = 2;

/// Appends a value as JSON.
pub fn write(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<()> {
    match value {
        Value::String(text) => string(out, &text.as_bytes()),
        Value::Boolean(true) => out.extend_from_slice(b"true"),
        Value::Boolean(false) => out.extend_from_slice(b"false"),
        Value::Nil => out.extend_from_slice(b"null"),
        Value::Integer(_) | Value::Number(_) => return write_number(out, value),
        Value::Table(_) if depth >= DEEPEST => {
            return refuse(format!("Cannot serialise, excessive depth ({})", depth + 1));
        }
        Value::Table(table) => return write_table(out, table, depth + 1),
        null if *null == Value::NULL => out.extend_from_slice(b"null"),
        other => {
            let name = other.type_name();
            return refuse(format!("Cannot serialise {name}: type not supported"));
        }
    }
    Ok(())
}

fn write_number(out: &mut Vec<u8>, value: &Value) -> Result<()> {
    let value = number(value).unwrap_or_default();
    if !value.is_finite() {
        return refuse("Cannot serialise number: must not be NaN or Inf");
    }
    out.extend_from_slice(fourteen_digits(value).as_bytes());
    Ok(())
}

/// As `%.14g` of C.
fn fourteen_digits(value: f64) -> String {
    if value == 0.0 {
        return if value.is_sign_negative() { "-0".to_owned() } else { "0".to_owned() };
    }
    let text = format!("{value:.13e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..14).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", without_zeros(mantissa), exponent.abs());
    }
    let places = (13 - exponent).max(0) as usize;
    without_zeros(&format!("{value:.places$}")).to_owned()
}

fn without_zeros(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

fn write_table(out: &mut Vec<u8>, table: &Table, depth: usize) -> Result<()> {
    let Some(len) = array_len(table)? else { return write_object(out, table, depth) };
    out.push(b'[');
    for i in 1..=len {
        if i > 1 {
            out.push(b',');
        }
        write(out, &table.raw_get(i)?, depth)?;
    }
    out.push(b']');
    Ok(())
}

/// The length of a table whose keys are all positive integers; `None` makes it an object.
fn array_len(table: &Table) -> Result<Option<usize>> {
    let (mut most, mut count, mut plain) = (0, 0, true);
    table.for_each(|key: Value, _: Value| {
        let index = number(&key).filter(|index| *index >= 1.0 && index.trunc() == *index);
        plain &= index.is_some();
        most = most.max(index.unwrap_or_default() as usize);
        count += 1;
        Ok(())
    })?;
    if !plain || most == 0 {
        return Ok(None);
    }
    if most > count * SPARSE_RATIO && most > SPARSE_SAFE {
        return refuse("Cannot serialise table: excessively sparse array");
    }
    Ok(Some(most))
}

fn write_object(out: &mut Vec<u8>, table: &Table, depth: usize) -> Result<()> {
    out.push(b'{');
    let mut first = true;
    table.for_each(|key: Value, item: Value| {
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        match &key {
            Value::String(text) => string(out, &text.as_bytes()),
            Value::Integer(_) | Value::Number(_) => {
                out.push(b'"');
                write_number(out, &key)?;
                out.push(b'"');
            }
            _ => return refuse("Cannot serialise table: table key must be a number or string"),
        }
        out.push(b':');
        write(out, &item, depth)
    })?;
    out.push(b'}');
    Ok(())
}

fn string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    for &byte in text {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'/' => out.extend_from_slice(b"\\/"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 | 0x7f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            byte => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_c_does_with_fourteen_digits() {
        for (value, text) in [
            (1.0, "1"),
            (0.1, "0.1"),
            (-2.5, "-2.5"),
            (1e14, "1e+14"),
            (123_456_789_012_345.0, "1.2345678901234e+14"),
            (99_999_999_999_999.0, "99999999999999"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1e300, "1e+300"),
        ] {
            assert_eq!(fourteen_digits(value), text);
        }
    }
}
