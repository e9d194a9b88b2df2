//! Arguments as commands read them, with the errors that clients know.

use resp::Args;
use resp::number::parse_i64;

use crate::config::Config;
use crate::error::CommandError;

/// A 64-bit integer.
///
/// # Errors
///
/// `NotInteger` for anything else.
#[inline]
pub fn integer(arg: &[u8]) -> Result<i64, CommandError> {
    parse_i64(arg).ok_or(CommandError::NotInteger)
}

/// Whether an argument is this word, in any case.
#[inline]
pub fn is_word(arg: &[u8], word: &str) -> bool {
    arg.eq_ignore_ascii_case(word.as_bytes())
}

/// The number of a database.
///
/// # Errors
///
/// `malformed` where it is no integer, and an error of its own where there is no such database.
pub fn database(arg: &[u8], config: &Config, malformed: CommandError) -> Result<u32, CommandError> {
    let number = parse_i64(arg).and_then(|n| i32::try_from(n).ok()).ok_or(malformed)?;
    let count = config.general.databases;
    let known = u32::try_from(number).ok().filter(|&db| db < count);
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
