//! From Lua values to JSON.

use std::ops::RangeInclusive;

use mlua::{Error, Lua, Result, Table, Value};

use super::number;
use super::settings::{Invalid, Settings};
use crate::arguments::{complain, type_name};
use crate::from_lua;

/// More places without an element are refused, whatever the settings say.
const MOST_MISSING: usize = 1 << 24;

/// What places of arrays are counted with; other keys are those of objects.
const INDICES: RangeInclusive<f64> = 1.0..=2_147_483_647.0;

/// Writes one value.
pub struct Writer<'a> {
    lua: &'a Lua,
    settings: Settings,
    out: Vec<u8>,
}

impl<'a> Writer<'a> {
    /// Nothing is written yet.
    pub fn new(lua: &'a Lua, settings: Settings) -> Writer<'a> {
        Writer { lua, settings, out: Vec::new() }
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Appends a value that lies in so many tables.
    pub fn value(&mut self, value: &Value, depth: usize) -> Result<()> {
        match value {
            Value::String(text) => string(&mut self.out, &text.as_bytes()),
            Value::Boolean(true) => self.out.extend_from_slice(b"true"),
            Value::Boolean(false) => self.out.extend_from_slice(b"false"),
            Value::Nil => self.out.extend_from_slice(b"null"),
            Value::Integer(_) | Value::Number(_) => return self.number(value),
            Value::Table(_) if depth >= self.settings.encode_depth() => {
                let text = format!("Cannot serialise, excessive nesting ({})", depth + 1);
                return Err(complain(self.lua, text));
            }
            Value::Table(table) => return self.table(table, depth + 1),
            null if *null == Value::NULL => self.out.extend_from_slice(b"null"),
            other => return Err(self.refuse(other, "type not supported")),
        }
        Ok(())
    }

    fn refuse(&self, value: &Value, why: &str) -> Error {
        complain(self.lua, format!("Cannot serialise {}: {why}", type_name(value)))
    }

    fn number(&mut self, value: &Value) -> Result<()> {
        let number = from_lua::number(value).unwrap_or_default();
        let text = match self.settings.invalid_written {
            _ if number.is_finite() => number::write(number, self.settings.precision as usize),
            Invalid::Refused => return Err(self.refuse(value, "must not be NaN or Inf")),
            Invalid::Null => "null".to_owned(),
            Invalid::Named if number.is_nan() => "nan".to_owned(),
            Invalid::Named if number < 0.0 => "-inf".to_owned(),
            Invalid::Named => "inf".to_owned(),
        };
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn table(&mut self, table: &Table, depth: usize) -> Result<()> {
        let Some(len) = self.array_len(table)? else { return self.object(table, depth) };
        self.out.push(b'[');
        for i in 1..=len {
            if i > 1 {
                self.out.push(b',');
            }
            self.value(&table.raw_get(i)?, depth)?;
        }
        self.out.push(b']');
        Ok(())
    }

    /// The length of a table whose keys are all positive integers; `None` makes it an object.
    fn array_len(&self, table: &Table) -> Result<Option<usize>> {
        let (mut most, mut count) = (0_usize, 0_usize);
        for pair in table.pairs::<Value, Value>() {
            let index = from_lua::number(&pair?.0);
            let index = index.filter(|index| INDICES.contains(index) && index.trunc() == *index);
            let Some(index) = index else { return Ok(None) };
            most = most.max(index as usize);
            count += 1;
        }
        if most == 0 {
            return Ok(None);
        }
        let Settings { sparse_ratio: ratio, sparse_safe: safe, .. } = self.settings;
        let (ratio, safe) = (ratio.unsigned_abs() as usize, safe.unsigned_abs() as usize);
        let is_sparse = ratio > 0 && most > count.saturating_mul(ratio) && most > safe;
        match is_sparse || most - count > MOST_MISSING {
            false => Ok(Some(most)),
            true if self.settings.sparse_to_object => Ok(None),
            true => Err(complain(self.lua, "Cannot serialise table: excessively sparse array")),
        }
    }

    fn object(&mut self, table: &Table, depth: usize) -> Result<()> {
        self.out.push(b'{');
        let mut first = true;
        for pair in table.pairs::<Value, Value>() {
            let (key, item) = pair?;
            if !std::mem::take(&mut first) {
                self.out.push(b',');
            }
            match &key {
                Value::String(text) => string(&mut self.out, &text.as_bytes()),
                Value::Integer(_) | Value::Number(_) => {
                    self.out.push(b'"');
                    self.number(&key)?;
                    self.out.push(b'"');
                }
                _ => return Err(self.refuse(&key, "table key must be a number or string")),
            }
            self.out.push(b':');
            self.value(&item, depth)?;
        }
        self.out.push(b'}');
        Ok(())
    }
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
