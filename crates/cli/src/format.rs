//! Replies as text: for people, raw, CSV, JSON.
//!
//! compat: every form is, byte for byte, that of `redis-cli`: scripts parse all of them.

mod csv;
mod json;
mod people;
mod raw;

use resp::Value;

pub use json::Quoting;

/// In which form replies are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// With types and indexes, for people.
    People,
    /// The bytes alone, for pipes.
    Raw,
    /// Comma separated values.
    Csv,
    /// JSON, strings quoted one way or the other.
    Json(Quoting),
}

/// What separates raw output.
#[derive(Clone, Debug)]
pub struct Delimiters {
    /// Between the elements of a reply.
    pub element: Vec<u8>,
    /// After each reply.
    pub reply: Vec<u8>,
}

impl Default for Delimiters {
    fn default() -> Self {
        Self { element: b"\n".to_vec(), reply: b"\n".to_vec() }
    }
}

/// The text of `value`. A reply `as_is` (such as that of `INFO`) is text for people already.
pub fn text(value: &Value, form: Form, as_is: bool, delimiters: &Delimiters) -> Vec<u8> {
    let mut out = Vec::new();
    if as_is {
        raw::write(&mut out, value, &delimiters.element);
        return out;
    }
    match form {
        Form::People => people::write(&mut out, value, ""),
        Form::Raw => {
            raw::write(&mut out, value, &delimiters.element);
            out.extend_from_slice(&delimiters.reply);
        }
        Form::Csv => {
            csv::write(&mut out, value);
            out.push(b'\n');
        }
        Form::Json(quoting) => {
            json::write(&mut out, value, quoting);
            out.push(b'\n');
        }
    }
    out
}
