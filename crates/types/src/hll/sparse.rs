//! Registers as runs: short while few of them are set.
//!
//! # Layout
//!
//! ```text
//!  ZERO   00xxxxxx            x + 1 registers are 0
//!  XZERO  01xxxxxx xxxxxxxx   x + 1 registers are 0, the high bits of x first
//!  VAL    1vvvvvxx            x + 1 registers are v + 1
//! ```
//!
//! # Invariants
//!
//! 1. The runs of a valid value cover exactly all registers.

use super::hash::Sign;
use super::{HllError, REGISTERS};

/// The largest rank that a run can say.
pub(super) const MAX_RANK: u8 = 32;
const MAX_VALUES: usize = 4;
const MAX_SHORT_ZEROS: usize = 64;

/// A run of registers that are alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Run {
    /// Number of registers.
    pub len: usize,
    /// What they hold.
    pub rank: u8,
    /// Whether it takes two bytes.
    pub wide: bool,
}

impl Run {
    /// The run that begins these bytes; `None` where they end.
    #[inline]
    fn read(bytes: &[u8]) -> Option<Run> {
        let first = *bytes.first()?;
        let low = usize::from(first & 0x3f);
        Some(match first >> 6 {
            0 => Run { len: low + 1, rank: 0, wide: false },
            1 => {
                let second = usize::from(*bytes.get(1)?);
                Run { len: (low << 8 | second) + 1, rank: 0, wide: true }
            }
            _ => {
                Run { len: usize::from(first & 3) + 1, rank: (first >> 2 & 0x1f) + 1, wide: false }
            }
        })
    }

    /// Bytes of it.
    fn bytes(self) -> usize {
        1 + usize::from(self.wide)
    }
}

/// All runs, in order. What is cut off in the middle of a run is left out.
pub(super) fn runs(mut bytes: &[u8]) -> impl Iterator<Item = Run> {
    std::iter::from_fn(move || {
        let run = Run::read(bytes)?;
        bytes = &bytes[run.bytes()..];
        Some(run)
    })
}

/// All runs with the registers where they begin.
///
/// # Errors
///
/// `Corrupted`, before `each` has been called with a register that there is not.
pub(super) fn for_each(bytes: &[u8], mut each: impl FnMut(usize, Run)) -> Result<(), HllError> {
    let (mut index, mut read) = (0, 0);
    for run in runs(bytes) {
        if run.len > REGISTERS - index {
            return Err(HllError::Corrupted);
        }
        each(index, run);
        index += run.len;
        read += run.bytes();
    }
    if index == REGISTERS && read == bytes.len() { Ok(()) } else { Err(HllError::Corrupted) }
}

/// Where the run lies that covers a register.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The run.
    pub run: Run,
    /// Its first byte.
    at: usize,
    /// Its first register.
    first: usize,
    /// The first byte of the run in front of it, or its own.
    before: usize,
}

/// The run that covers a register, if there is one.
#[inline]
pub(super) fn find(bytes: &[u8], index: usize) -> Option<Place> {
    let (mut at, mut first, mut before) = (0, 0, 0);
    loop {
        let run = Run::read(&bytes[at..])?;
        if index < first + run.len {
            return Some(Place { run, at, first, before });
        }
        before = at;
        at += run.bytes();
        first += run.len;
    }
}

/// What stands in place of a run when one register in it changes.
#[derive(Default)]
pub(super) struct Split {
    bytes: [u8; 5],
    len: usize,
    /// Where it goes, and how many bytes it replaces.
    pub at: usize,
    pub old: usize,
    /// From where runs that have become alike are looked for.
    pub join_from: usize,
}

impl Split {
    /// The run at `place` with one register raised.
    pub(super) fn new(place: Place, sign: Sign) -> Split {
        let Place { run, at, first, before } = place;
        let mut split = Split { at, old: run.bytes(), join_from: before, ..Split::default() };
        split.push(sign.index - first, run.rank);
        split.push(1, sign.rank);
        split.push(first + run.len - 1 - sign.index, run.rank);
        split
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn push(&mut self, len: usize, rank: u8) {
        write(len, rank, |byte| {
            self.bytes[self.len] = byte;
            self.len += 1;
        });
    }
}

/// Joins neighbours that are alike, from one run on as far as one change reaches, and returns how
/// many bytes that saves: they are left over at the end.
///
/// compat: five steps, no more, as in Redis, so that the bytes are the same.
pub(super) fn join(bytes: &mut [u8], from: usize) -> usize {
    let (mut at, mut len) = (from, bytes.len());
    for _ in 0..5 {
        let Some(run) = Run::read(&bytes[at..len]) else { break };
        let next = at + run.bytes();
        let joined = Run::read(&bytes[next..len])
            .filter(|other| run.rank > 0 && run.rank == other.rank)
            .map(|other| run.len + other.len)
            .filter(|&sum| sum <= MAX_VALUES);
        let Some(sum) = joined else {
            at = next;
            continue;
        };
        write(sum, run.rank, |byte| bytes[next] = byte);
        bytes.copy_within(next..len, at);
        len -= 1;
    }
    bytes.len() - len
}

/// Writes runs for so many registers that are alike, none for none.
pub(super) fn write(len: usize, rank: u8, mut put: impl FnMut(u8)) {
    debug_assert!(rank <= MAX_RANK && len <= REGISTERS, "what runs can say");
    let mut rest = len;
    while rest > 0 {
        let part = match rank {
            0 => rest,
            _ => rest.min(MAX_VALUES),
        };
        let stored = part - 1;
        match rank {
            0 if part <= MAX_SHORT_ZEROS => put(stored as u8),
            0 => {
                put(0x40 | (stored >> 8) as u8);
                put(stored as u8);
            }
            _ => put(0x80 | (rank - 1) << 2 | stored as u8),
        }
        rest -= part;
    }
}
