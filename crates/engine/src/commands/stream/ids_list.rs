//! `IDS numids id [id ...]`, and the options around it.

use resp::number::parse_i64;
use types::stream::Id;

use super::ids::id;
use crate::commands::arguments::Words;
use crate::error::CommandError;

/// Reads the ids behind the word `IDS`.
///
/// # Errors
///
/// What is wrong with them.
pub(super) fn read_ids(words: &mut Words<'_>) -> Result<Vec<Id>, CommandError> {
    let count = parse_i64(words.argument()?).and_then(|count| usize::try_from(count).ok());
    let count = count.filter(|count| *count > 0);
    let count =
        count.ok_or_else(|| CommandError::err("Number of IDs must be a positive integer"))?;
    if count > words.left() {
        return Err(CommandError::err("The `numids` parameter must match the number of arguments"));
    }
    words.take(count).map(|argument| id(argument, 0)).collect()
}
