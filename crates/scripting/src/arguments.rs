//! What scripts pass to native functions, and the complaints about it.
//!
//! As Lua's own library has them: numbers and strings stand for each other, and an error says where
//! the script called and which argument was wrong.

use std::borrow::Cow;

use mlua::{Error, Lua, LuaString, MultiValue, Result, Value};

/// An error that a native function raises as plain text, as Lua's own functions do.
#[derive(Debug)]
pub struct Complaint(pub Vec<u8>);

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl std::error::Error for Complaint {}

/// An error with this text alone.
pub fn bare(text: impl Into<Vec<u8>>) -> Error {
    Error::external(Complaint(text.into()))
}

/// An error with this text, behind the place where the script called the function.
pub fn complain(lua: &Lua, text: impl AsRef<[u8]>) -> Error {
    let mut all = place_of_caller(lua).into_bytes();
    all.extend_from_slice(text.as_ref());
    bare(all)
}

/// What C gives for a double as an integer of 64 bits: the smallest for what does not fit.
pub fn whole(value: f64) -> i64 {
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value);
    if fits { value as i64 } else { i64::MIN }
}

/// The arguments of one call, numbered from 1.
pub struct Arguments<'a> {
    lua: &'a Lua,
    values: MultiValue,
}

impl<'a> Arguments<'a> {
    /// Those of the function that is called now.
    pub fn new(lua: &'a Lua, values: MultiValue) -> Arguments<'a> {
        Arguments { lua, values }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// One of them.
    pub fn get(&self, index: usize) -> Option<&Value> {
        self.values.get(index - 1)
    }

    /// Whether one is missing or `nil`.
    pub fn is_none(&self, index: usize) -> bool {
        self.get(index).is_none_or(Value::is_nil)
    }

    /// A string, or a number as one.
    pub fn string(&self, index: usize) -> Result<LuaString> {
        match self.get(index) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(number @ (Value::Integer(_) | Value::Number(_))) => {
                let text = self.lua.coerce_string(number.clone())?;
                text.ok_or_else(|| self.expected(index, "string"))
            }
            _ => Err(self.expected(index, "string")),
        }
    }

    /// A number, or a string that spells one.
    pub fn number(&self, index: usize) -> Result<f64> {
        let number = match self.get(index) {
            Some(Value::Integer(value)) => Some(*value as f64),
            Some(Value::Number(value)) => Some(*value),
            Some(text @ Value::String(_)) => self.lua.coerce_number(text.clone())?,
            _ => None,
        };
        number.ok_or_else(|| self.expected(index, "number"))
    }

    /// A number without its fraction.
    pub fn integer(&self, index: usize) -> Result<i64> {
        self.number(index).map(whole)
    }

    /// As `integer`, where it may be missing.
    pub fn integer_or(&self, index: usize, default: i64) -> Result<i64> {
        if self.is_none(index) { Ok(default) } else { self.integer(index) }
    }

    /// A text as a value.
    pub fn text(&self, text: &str) -> Result<Value> {
        self.lua.create_string(text).map(Value::String)
    }

    /// The complaint about one of them.
    pub fn bad(&self, index: usize, text: impl AsRef<[u8]>) -> Error {
        let name = self.lua.inspect_stack(0, |debug| debug.names().name.map(Cow::into_owned));
        let name = name.flatten().unwrap_or_else(|| "?".to_owned());
        let mut all = format!("bad argument #{index} to '{name}' (").into_bytes();
        all.extend_from_slice(text.as_ref());
        all.push(b')');
        complain(self.lua, all)
    }

    fn expected(&self, index: usize, kind: &str) -> Error {
        let found = self.get(index).map_or("no value", type_name);
        self.bad(index, format!("{kind} expected, got {found}"))
    }
}

/// The name that Lua has for the type of a value.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Integer(_) | Value::Number(_) => "number",
        Value::LightUserData(_) => "userdata",
        other => other.type_name(),
    }
}

/// The line that called the function that runs now, if it is one of a script.
fn place_of_caller(lua: &Lua) -> String {
    let place = lua.inspect_stack(1, |debug| {
        let line = debug.current_line().filter(|line| *line > 0)?;
        let source = debug.source().short_src?.into_owned();
        Some(format!("{source}:{line}: "))
    });
    place.flatten().unwrap_or_default()
}
