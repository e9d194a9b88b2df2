//! Reading arguments that many commands have alike, with the exact errors.

use resp::number::parse_i64;

use crate::error::CommandError;

/// Whether an argument is this word, in any case.
pub fn is_word(argument: &[u8], word: &str) -> bool {
    argument.eq_ignore_ascii_case(word.as_bytes())
}

/// An integer.
///
/// # Errors
///
/// `NotInteger`.
pub fn integer(argument: &[u8]) -> Result<i64, CommandError> {
    parse_i64(argument).ok_or(CommandError::NotInteger)
}

/// An integer, with an error of its own.
///
/// # Errors
///
/// `ERR` and the text.
pub fn integer_or(argument: &[u8], error: &'static str) -> Result<i64, CommandError> {
    parse_i64(argument).ok_or_else(|| CommandError::err(error))
}

/// `ON` or `OFF`.
///
/// # Errors
///
/// `Syntax`.
pub fn on_or_off(argument: &[u8]) -> Result<bool, CommandError> {
    match argument {
        word if is_word(word, "on") => Ok(true),
        word if is_word(word, "off") => Ok(false),
        _ => Err(CommandError::Syntax),
    }
}

/// The moment that a timeout in milliseconds ends; 0 stays 0.
///
/// # Errors
///
/// Texts about what is wrong with the timeout.
pub fn timeout_ms(argument: &[u8], now_ms: u64) -> Result<u64, CommandError> {
    let timeout = integer_or(argument, "timeout is not an integer or out of range")?;
    match u64::try_from(timeout) {
        Err(_) => Err(CommandError::err("timeout is negative")),
        Ok(0) => Ok(0),
        Ok(ms) if ms > i64::MAX as u64 - now_ms => {
            Err(CommandError::err("timeout is out of range"))
        }
        Ok(ms) => Ok(now_ms + ms),
    }
}

/// Bytes as text; what is no UTF-8 is replaced.
pub fn text(argument: &[u8]) -> String {
    String::from_utf8_lossy(argument).into_owned()
}
