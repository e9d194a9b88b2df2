//! Arguments as commands read them, with the errors that clients know.

use resp::number::parse_i64;
use resp::{Args, Reply};

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

/// The number of a database; `malformed` is what is said of a text that is none.
///
/// # Errors
///
/// `malformed`, and an error of its own where there is no such database.
pub fn database(
    arg: &[u8],
    config: &Config,
    malformed: Option<&'static str>,
) -> Result<u32, CommandError> {
    let number = parse_i64(arg).ok_or_else(|| match malformed {
        Some(text) => CommandError::err(text),
        None => CommandError::NotInteger,
    })?;
    let number = i32::try_from(number).map_err(|_| {
        let (min, max) = (i32::MIN, i32::MAX);
        let range = format!("value is out of range, value must between {min} and {max}");
        malformed.map_or_else(|| CommandError::err(range), CommandError::err)
    })?;
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

/// Replies to the `HELP` of a container with these lines, between a head and `HELP` itself.
pub fn reply_help(reply: &mut Reply<'_>, args: Args<'_>, lines: &[&str]) {
    let name = String::from_utf8_lossy(args.at(0)).to_uppercase();
    reply.array(lines.len() + 3);
    reply.status(&format!("{name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
    lines.iter().for_each(|line| reply.status(line));
    reply.status("HELP");
    reply.status("    Print this help.");
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
