//! Reading sorted sets, in the four forms that servers of the field have written.
//!
//! # Layout
//!
//! ```text
//! 3, 5     length, then for each member: string, score
//! 12, 17   a ziplist or listpack: member, score as text, member, ...
//!
//! score:   of 5   the eight bytes of a double, lowest first
//!          of 3   FD NaN, FE inf, FF -inf, or a count of bytes and a text of so many
//! ```

use types::sorted_set::Limits;
use types::{SortedSet, number};

use super::bytes::{Bytes, RdbError};
use super::{listpack, ziplist};

pub(super) const TEXTS: u8 = 3;
pub(super) const DOUBLES: u8 = 5;
pub(super) const IN_ZIPLIST: u8 = 12;
pub(super) const IN_LISTPACK: u8 = 17;

/// Reads a set of one of these types.
pub(super) fn read(kind: u8, bytes: &mut Bytes<'_>, limits: Limits) -> Result<SortedSet, RdbError> {
    let mut set = SortedSet::default();
    let packed = kind == IN_ZIPLIST || kind == IN_LISTPACK;
    let block = if packed { bytes.string()? } else { Default::default() };
    if packed {
        let strings = match kind {
            IN_ZIPLIST => ziplist::strings(&block)?,
            _ => listpack::strings(&block)?,
        };
        let pairs = strings.chunks_exact(2);
        if !pairs.remainder().is_empty() {
            return Err(bytes.error("a member without a score"));
        }
        for pair in pairs {
            let score = number::parse_f64(&pair[1]);
            add((&mut set, limits), &pair[0], score, bytes)?;
        }
        return Ok(set);
    }
    for _ in 0..bytes.length()? {
        let member = bytes.string()?;
        let score = if kind == DOUBLES { double(bytes)? } else { text(bytes)? };
        add((&mut set, limits), &member, score, bytes)?;
    }
    Ok(set)
}

fn add(
    (set, limits): (&mut SortedSet, Limits),
    member: &[u8],
    score: Option<f64>,
    bytes: &Bytes<'_>,
) -> Result<(), RdbError> {
    let score = score.ok_or_else(|| bytes.error("a score that is no number"))?;
    match set.insert(member, score, limits) {
        None => Ok(()),
        Some(_) => Err(bytes.error("a member twice")),
    }
}

fn double(bytes: &mut Bytes<'_>) -> Result<Option<f64>, RdbError> {
    let value = f64::from_le_bytes(bytes.array()?);
    Ok((!value.is_nan()).then_some(value))
}

fn text(bytes: &mut Bytes<'_>) -> Result<Option<f64>, RdbError> {
    Ok(match bytes.byte()? {
        0xFF => Some(f64::NEG_INFINITY),
        0xFE => Some(f64::INFINITY),
        0xFD => None,
        len => number::parse_f64(bytes.take(usize::from(len))?),
    })
}
