//! The settings of `cjson`, and the functions that show and change them.
//!
//! They last for one script, so that none finds what another one has set: on one server there are
//! several interpreters, and nobody could tell which one runs a script. `deviates:` elsewhere they
//! last as long as the server.

use std::sync::Arc;

use mlua::{Lua, MultiValue, Result, Table, Value};
use parking_lot::Mutex;

use crate::arguments::Arguments;

/// Tables deeper than this are neither written nor read, whatever the settings say: each takes room
/// of the thread's stack.
const DEEPEST: usize = 1000;

/// Settings that functions share.
pub type Shared = Arc<Mutex<Settings>>;

/// What can be set.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Whether arrays that lack too much are written as objects; else they are refused.
    pub sparse_to_object: bool,
    /// How many places an array may have for each element; any number where it is 0.
    pub sparse_ratio: i32,
    /// An array may be this long whatever it lacks.
    pub sparse_safe: i32,
    encode_depth: i32,
    decode_depth: i32,
    /// Digits of a number.
    pub precision: i32,
    keeps_buffer: bool,
    /// What becomes of numbers that JSON does not know.
    pub invalid_written: Invalid,
    /// Whether they are read, and those of C.
    pub reads_invalid: bool,
}

/// How to write a number that JSON does not know.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Invalid {
    /// Not at all.
    Refused,
    /// As C writes it.
    Named,
    /// As `null`.
    Null,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            sparse_to_object: false,
            sparse_ratio: 2,
            sparse_safe: 10,
            encode_depth: 1000,
            decode_depth: 1000,
            precision: 14,
            keeps_buffer: true,
            invalid_written: Invalid::Refused,
            reads_invalid: true,
        }
    }
}

impl Settings {
    /// How deep tables may be that are written.
    pub fn encode_depth(&self) -> usize {
        (self.encode_depth.unsigned_abs() as usize).min(DEEPEST)
    }

    /// How deep tables may be that are read.
    pub fn decode_depth(&self) -> usize {
        (self.decode_depth.unsigned_abs() as usize).min(DEEPEST)
    }
}

/// A function that changes settings by its arguments, where it has any, and shows them.
type Change = fn(&mut Settings, &Arguments<'_>) -> Result<Vec<Value>>;

/// The functions, and how many arguments they take at most.
const FUNCTIONS: [(&str, usize, Change); 7] = [
    ("encode_sparse_array", 3, sparse_array),
    ("encode_max_depth", 1, |settings, arguments| depth(&mut settings.encode_depth, arguments)),
    ("decode_max_depth", 1, |settings, arguments| depth(&mut settings.decode_depth, arguments)),
    ("encode_number_precision", 1, |settings, arguments| {
        Ok(vec![integer(&mut settings.precision, arguments, 1, (1, 14))?])
    }),
    ("encode_keep_buffer", 1, |settings, arguments| {
        Ok(vec![switch(&mut settings.keeps_buffer, arguments)?])
    }),
    ("encode_invalid_numbers", 1, invalid_numbers),
    ("decode_invalid_numbers", 1, |settings, arguments| {
        Ok(vec![switch(&mut settings.reads_invalid, arguments)?])
    }),
];

/// Adds the functions to a table.
pub fn add(lua: &Lua, table: &Table, shared: &Shared) -> Result<()> {
    for (name, most, change) in FUNCTIONS {
        let shared = shared.clone();
        let function = lua.create_function(move |lua, values: MultiValue| {
            let arguments = Arguments::new(lua, values);
            if arguments.len() > most {
                return Err(arguments.bad(most + 1, "found too many arguments"));
            }
            change(&mut shared.lock(), &arguments).map(MultiValue::from_vec)
        })?;
        table.set(name, function)?;
    }
    Ok(())
}

fn sparse_array(settings: &mut Settings, arguments: &Arguments<'_>) -> Result<Vec<Value>> {
    Ok(vec![
        switch(&mut settings.sparse_to_object, arguments)?,
        integer(&mut settings.sparse_ratio, arguments, 2, (0, i32::MAX))?,
        integer(&mut settings.sparse_safe, arguments, 3, (0, i32::MAX))?,
    ])
}

fn depth(setting: &mut i32, arguments: &Arguments<'_>) -> Result<Vec<Value>> {
    Ok(vec![integer(setting, arguments, 1, (1, i32::MAX))?])
}

fn invalid_numbers(settings: &mut Settings, arguments: &Arguments<'_>) -> Result<Vec<Value>> {
    let options = [("off", Invalid::Refused), ("on", Invalid::Named), ("null", Invalid::Null)];
    option(&mut settings.invalid_written, arguments, &options)?;
    Ok(vec![match settings.invalid_written {
        Invalid::Refused => Value::Boolean(false),
        Invalid::Named => Value::Boolean(true),
        Invalid::Null => arguments.text("null")?,
    }])
}

fn switch(setting: &mut bool, arguments: &Arguments<'_>) -> Result<Value> {
    option(setting, arguments, &[("off", false), ("on", true)])?;
    Ok(Value::Boolean(*setting))
}

/// Sets what the first argument says: a name, or whether it is the second of the options.
fn option<T: Copy>(
    setting: &mut T,
    arguments: &Arguments<'_>,
    options: &[(&str, T)],
) -> Result<()> {
    match arguments.get(1) {
        None | Some(Value::Nil) => {}
        Some(Value::Boolean(on)) => *setting = options[usize::from(*on)].1,
        Some(_) => {
            let name = arguments.string(1)?;
            let name = name.as_bytes();
            let found = options.iter().find(|(option, _)| option.as_bytes() == &*name);
            let Some((_, value)) = found else {
                return Err(arguments.bad(1, [b"invalid option '", &*name, b"'"].concat()));
            };
            *setting = *value;
        }
    }
    Ok(())
}

fn integer(
    setting: &mut i32,
    arguments: &Arguments<'_>,
    index: usize,
    (least, most): (i32, i32),
) -> Result<Value> {
    if !arguments.is_none(index) {
        let value = i32::try_from(arguments.integer(index)?).ok();
        let Some(value) = value.filter(|value| (least..=most).contains(value)) else {
            // compat: it is the first argument that is complained about.
            return Err(arguments.bad(1, format!("expected integer between {least} and {most}")));
        };
        *setting = value;
    }
    Ok(Value::Number(f64::from(*setting)))
}
