//! Reading ids, with the exact errors.

use types::stream::Id;

use crate::error::CommandError;

fn invalid() -> CommandError {
    CommandError::err("Invalid stream ID specified as stream command argument")
}

/// An id; `seq` stands for a second part that is not given.
///
/// # Errors
///
/// One of its own.
pub(super) fn id(argument: &[u8], seq: u64) -> Result<Id, CommandError> {
    Id::parse(argument, seq).ok_or_else(invalid)
}

/// An id, `-` for the lowest one, or `+` for the highest.
///
/// # Errors
///
/// As `id`.
pub(super) fn id_or_end(argument: &[u8], seq: u64) -> Result<Id, CommandError> {
    match argument {
        b"-" => Ok(Id::ZERO),
        b"+" => Ok(Id::MAX),
        _ => id(argument, seq),
    }
}

/// The first id of a range; behind a bracket it is not included.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn first_of_range(argument: &[u8]) -> Result<Id, CommandError> {
    match argument {
        [b'(', rest @ ..] if !rest.is_empty() => {
            let wrong = || CommandError::err("invalid start ID for the interval");
            id(rest, 0)?.next().ok_or_else(wrong)
        }
        _ => id_or_end(argument, 0),
    }
}

/// The last id of a range; behind a bracket it is not included.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn last_of_range(argument: &[u8]) -> Result<Id, CommandError> {
    match argument {
        [b'(', rest @ ..] if !rest.is_empty() => {
            let wrong = || CommandError::err("invalid end ID for the interval");
            id(rest, u64::MAX)?.previous().ok_or_else(wrong)
        }
        _ => id_or_end(argument, u64::MAX),
    }
}
