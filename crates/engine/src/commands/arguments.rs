//! Reading arguments that many commands have alike, with the exact errors.

use resp::Args;
use resp::number::parse_i64;

use crate::config::Config;
use crate::error::CommandError;

/// Whether an argument is this word, in any case.
#[inline]
pub fn is_word(argument: &[u8], word: &str) -> bool {
    argument.eq_ignore_ascii_case(word.as_bytes())
}

/// An integer.
///
/// # Errors
///
/// `NotInteger`.
#[inline]
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

/// A count that is not negative.
///
/// # Errors
///
/// A text about the range, whatever is wrong.
pub fn positive(argument: &[u8]) -> Result<usize, CommandError> {
    let count = parse_i64(argument).and_then(|count| usize::try_from(count).ok());
    count.ok_or_else(|| CommandError::err("value is out of range, must be positive"))
}

/// Where a walk goes on.
///
/// # Errors
///
/// A text for what is no cursor.
pub fn cursor(argument: &[u8]) -> Result<u64, CommandError> {
    // compat: blanks in front, a plus, and a minus in front of zero, as C reads numbers.
    let text = str::from_utf8(argument.trim_ascii_start()).unwrap_or_default();
    let number = match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|digit| digit == b'0') => digits.parse().ok(),
        Some(_) => None,
        None => text.parse().ok(),
    };
    number.ok_or_else(|| CommandError::err("invalid cursor"))
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

/// The number of a database that there is.
///
/// # Errors
///
/// As `database_number` and `existing_database`.
pub fn database(argument: &[u8], config: &Config) -> Result<u32, CommandError> {
    existing_database(database_number(argument, None)?, config)
}

/// The number of a database; `malformed` is what is said of a text that is none.
///
/// # Errors
///
/// `malformed`, or what is usual.
pub fn database_number(
    argument: &[u8],
    malformed: Option<&'static str>,
) -> Result<i32, CommandError> {
    let number = parse_i64(argument).ok_or_else(|| match malformed {
        Some(text) => CommandError::err(text),
        None => CommandError::NotInteger,
    })?;
    i32::try_from(number).map_err(|_| {
        let (min, max) = (i32::MIN, i32::MAX);
        let range = format!("value is out of range, value must between {min} and {max}");
        malformed.map_or_else(|| CommandError::err(range), CommandError::err)
    })
}

/// Refuses the number of a database that there is not.
///
/// # Errors
///
/// An error of its own.
pub fn existing_database(number: i32, config: &Config) -> Result<u32, CommandError> {
    let known = u32::try_from(number).ok().filter(|&db| db < config.general.databases);
    known.ok_or_else(|| CommandError::err("DB index is out of range"))
}

/// Refuses a string that would become longer than `proto-max-bulk-len`.
///
/// # Errors
///
/// An error of its own.
pub fn check_string_len(config: &Config, at: usize, more: usize) -> Result<(), CommandError> {
    let limit = config.clients.proto_max_bulk_len_bytes;
    match at.checked_add(more) {
        Some(len) if len as u64 <= limit => Ok(()),
        _ => Err(CommandError::err("string exceeds maximum allowed size (proto-max-bulk-len)")),
    }
}

/// The words behind a command's fixed arguments, read one after another.
pub struct Words<'a> {
    args: Args<'a>,
    next: usize,
}

impl<'a> Words<'a> {
    /// The words from `from` on.
    pub fn new(args: Args<'a>, from: usize) -> Words<'a> {
        Words { args, next: from }
    }

    /// How many are left.
    pub fn left(&self) -> usize {
        self.args.len() - self.next
    }

    /// The argument of the option that was read last.
    ///
    /// # Errors
    ///
    /// `Syntax` where nothing is left.
    pub fn argument(&mut self) -> Result<&'a [u8], CommandError> {
        self.next().ok_or(CommandError::Syntax)
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let word = self.args.get(self.next)?;
        self.next += 1;
        Some(word)
    }
}
