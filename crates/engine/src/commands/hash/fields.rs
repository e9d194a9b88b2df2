//! `FIELDS numfields field [field ...]`, which ends many commands on hashes.

use resp::Args;

use crate::commands::arguments::{integer, is_word};
use crate::error::CommandError;

/// The fields of a command that has nothing between its key and them.
///
/// # Errors
///
/// `Syntax`, `NotInteger` and a text about the number of fields.
pub(super) fn behind_key(args: Args<'_>) -> Result<Args<'_>, CommandError> {
    if !is_word(args.at(2), "FIELDS") {
        return Err(CommandError::Syntax);
    }
    counted(args, 2, 1)
}

/// Where `FIELDS` stands, from argument `from` on.
///
/// # Errors
///
/// A text about the number of fields where it stands nowhere.
pub(super) fn word_at(args: Args<'_>, from: usize) -> Result<usize, CommandError> {
    let mut places = from..args.len() - 1;
    places.find(|&at| is_word(args.at(at), "FIELDS")).ok_or_else(mismatch)
}

/// The fields behind the word at `at`; each takes `width` arguments.
///
/// # Errors
///
/// `NotInteger` and a text about the number of fields.
pub(super) fn counted(args: Args<'_>, at: usize, width: usize) -> Result<Args<'_>, CommandError> {
    let count = usize::try_from(integer(args.at(at + 1))?);
    let fields = args.tail(at + 2);
    let matches = count.is_ok_and(|count| {
        count > 0 && count.checked_mul(width).is_some_and(|words| words == fields.len())
    });
    if matches { Ok(fields) } else { Err(mismatch()) }
}

fn mismatch() -> CommandError {
    CommandError::err("numfields should be greater than 0 and match the provided number of fields")
}
