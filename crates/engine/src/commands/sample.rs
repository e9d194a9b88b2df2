//! Picking elements of a collection by chance, for commands that take a count.

use std::collections::HashSet;

use types::Item;

use super::arguments::integer;
use crate::error::CommandError;
use crate::random::Random;

/// The most elements that a command returns with repetition.
///
/// deviates: the count of a client alone decides how long such a reply becomes, so there is a
/// bound to it.
const REPEATED_MAX: usize = 1 << 28;

/// How many are wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Count {
    /// So many, or all if there are fewer, each at most once.
    Distinct(usize),
    /// Exactly so many, some more than once.
    Any(usize),
}

/// Reads a count: a negative one allows repetition.
///
/// # Errors
///
/// `NotInteger`, or a text about the range.
pub(super) fn count(argument: &[u8]) -> Result<Count, CommandError> {
    let count = integer(argument)?;
    if count == i64::MIN {
        let (min, max) = (-i64::MAX, i64::MAX);
        let range = format!("value is out of range, value must between {min} and {max}");
        return Err(CommandError::err(range));
    }
    let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if count >= 0 {
        return Ok(Count::Distinct(wanted));
    }
    if wanted > REPEATED_MAX {
        return Err(CommandError::err("value is out of range"));
    }
    Ok(Count::Any(wanted))
}

/// `count` different elements of `len`, or all if there are fewer: from `all` in one go where they
/// are a good part of it, else one by one; `name` tells elements apart.
pub(super) fn distinct<'a, T: Copy>(
    random: &mut Random,
    (count, len): (usize, usize),
    all: impl FnOnce() -> Vec<T>,
    one: impl Fn(u64) -> Option<T>,
    name: impl Fn(&T) -> Item<'a>,
) -> Vec<T> {
    if count >= len {
        return all();
    }
    // Drawing one by one meets the same ones again where many are drawn.
    if len < 64 || count > len / 3 {
        let mut rest = all();
        for index in 0..count {
            let left = (rest.len() - index) as u64;
            rest.swap(index, index + random.below(left) as usize);
        }
        rest.truncate(count);
        return rest;
    }
    let (mut drawn, mut names) = (Vec::with_capacity(count), HashSet::new());
    while drawn.len() < count {
        let Some(element) = one(random.next()) else { break };
        if names.insert(name(&element).to_vec()) {
            drawn.push(element);
        }
    }
    drawn
}
