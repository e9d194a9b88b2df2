//! The part of a string that BITCOUNT and BITPOS look at.

use std::ops::Range;

use resp::Args;

use crate::commands::arguments::{integer, is_word};
use crate::commit::let_go;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::Str;

/// Strings from this length on are looked at outside the locks. Below it that takes less time
/// than others notice, and the next writer need not make a copy of a string that is shared.
const LONG_BYTES: usize = 1 << 20;

/// `[start [end [BYTE | BIT]]]`, both ends included and negative from the end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BitRange {
    start: i64,
    /// None is the last of all.
    end: Option<i64>,
    in_bits: bool,
}

impl BitRange {
    /// The whole string.
    const ALL: BitRange = BitRange { start: 0, end: None, in_bits: false };

    /// Reads a range from argument `from` on.
    ///
    /// # Errors
    ///
    /// `NotInteger` and `Syntax`.
    pub(super) fn parse(args: Args<'_>, from: usize) -> Result<BitRange, CommandError> {
        let words = args.tail(from);
        if words.is_empty() {
            return Ok(BitRange::ALL);
        }
        if words.len() > 3 {
            return Err(CommandError::Syntax);
        }
        let start = integer(words.at(0))?;
        let in_bits = match words.get(2) {
            None => false,
            Some(unit) if is_word(unit, "BIT") => true,
            Some(unit) if is_word(unit, "BYTE") => false,
            Some(_) => return Err(CommandError::Syntax),
        };
        let end = words.get(1).map(integer).transpose()?;
        Ok(BitRange { start, end, in_bits })
    }

    /// Whether the end was given.
    pub(super) fn has_end(self) -> bool {
        self.end.is_some()
    }

    /// Whether both ends count from the end, and the wrong way round.
    pub(super) fn is_backwards(self) -> bool {
        self.start < 0 && self.end.is_some_and(|end| end < 0 && self.start > end)
    }

    /// The bits of a string of so many bytes.
    pub(super) fn bits(self, len: usize) -> Range<u64> {
        let unit = if self.in_bits { 1 } else { 8 };
        let len = len as u64 * 8 / unit;
        let from_front = |at: i64| match at {
            0.. => at.unsigned_abs(),
            _ => len.saturating_sub(at.unsigned_abs()),
        };
        let end = self.end.map_or(len, |end| from_front(end).saturating_add(1).min(len));
        let start = from_front(self.start).min(end);
        start * unit..end * unit
    }
}

/// Looks at the string of a key; at a long one after the locks have gone. None where there is no
/// key.
///
/// # Errors
///
/// `WrongType`.
pub(super) fn look<R>(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    look: impl FnOnce(&[u8]) -> R,
) -> Result<Option<R>, CommandError> {
    let long = match ctx.keys.string(key)? {
        None => return Ok(None),
        Some(Str::Blob(blob)) if blob.len() >= LONG_BYTES => blob.clone(),
        Some(short) => return Ok(Some(look(short.bytes(&mut itoa::Buffer::new())))),
    };
    let_go(ctx);
    Ok(Some(look(&long)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_stay_within_the_string() {
        for (start, end, in_bits, len, expected) in [
            (0, None, false, 3, 0..24),
            (1, None, false, 3, 8..24),
            (-1, None, false, 3, 16..24),
            (3, None, false, 3, 24..24),
            (0, Some(0), false, 3, 0..8),
            (0, Some(-1), false, 3, 0..24),
            (-100, Some(100), false, 3, 0..24),
            (2, Some(1), false, 3, 16..16),
            (0, Some(-100), false, 3, 0..8),
            (5, Some(9), true, 3, 5..10),
            (-3, Some(-2), true, 3, 21..23),
            (i64::MIN, Some(i64::MAX), true, 3, 0..24),
            (i64::MAX, Some(i64::MIN), true, 3, 1..1),
            (0, None, false, 0, 0..0),
            (0, Some(-1), true, 0, 0..0),
        ] {
            let range = BitRange { start, end, in_bits };
            assert_eq!(range.bits(len), expected, "{range:?} of {len}");
        }
    }
}
