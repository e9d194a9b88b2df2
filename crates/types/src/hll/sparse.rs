//! Registers as stretches: short while few of them are set.
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
//! 1. The stretches of a valid value cover exactly all registers.

use super::hash::Sign;
use super::{HllError, REGISTERS};

/// The largest level that a stretch can say.
pub(super) const MAX_LEVEL: u8 = 32;
const MAX_VALUES: usize = 4;
const MAX_SHORT_ZEROS: usize = 64;

/// A stretch of registers that are alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// Number of registers.
    pub len: usize,
    /// What they hold.
    pub level: u8,
    /// Whether it takes two bytes.
    pub wide: bool,
}

impl Stretch {
    /// The stretch that begins these bytes; `None` where they end.
    #[inline]
    fn read(bytes: &[u8]) -> Option<Stretch> {
        match *bytes {
            [] => None,
            [first, second, ..] => Some(Stretch::of(first, second)),
            [only] => Some(Stretch::of(only, 0)).filter(|stretch| !stretch.wide),
        }
    }

    /// The stretch that begins with these two bytes.
    #[inline(always)]
    fn of(first: u8, second: u8) -> Stretch {
        let low = usize::from(first & 0x3f);
        if first & 0x80 != 0 {
            let level = (first >> 2 & 0x1f) + 1;
            return Stretch { len: usize::from(first & 3) + 1, level, wide: false };
        }
        let wide = first & 0x40 != 0;
        let len = if wide { low << 8 | usize::from(second) } else { low };
        Stretch { len: len + 1, level: 0, wide }
    }

    /// Bytes of it.
    fn bytes(self) -> usize {
        1 + usize::from(self.wide)
    }
}

/// All stretches, in order. What is cut off in the middle of a stretch is left out.
pub(super) fn stretches(mut bytes: &[u8]) -> impl Iterator<Item = Stretch> {
    std::iter::from_fn(move || {
        let stretch = Stretch::read(bytes)?;
        bytes = &bytes[stretch.bytes()..];
        Some(stretch)
    })
}

/// All stretches with the registers where they begin.
///
/// # Errors
///
/// `Corrupted`, before `each` has been called with a register that there is not.
pub(super) fn for_each(bytes: &[u8], mut each: impl FnMut(usize, Stretch)) -> Result<(), HllError> {
    let (mut index, mut at) = (0, 0);
    // Four stretches lie within eight bytes. To find where the next one begins takes a shift then;
    // a load would take longer than all else.
    while let Some(window) = bytes[at..].first_chunk() {
        let mut window = u64::from_le_bytes(*window);
        for _ in 0..4 {
            let [first, second, ..] = window.to_le_bytes();
            let stretch = Stretch::of(first, second);
            if stretch.len > REGISTERS - index {
                return Err(HllError::Corrupted);
            }
            each(index, stretch);
            index += stretch.len;
            at += stretch.bytes();
            window >>= 8 * stretch.bytes();
        }
    }
    for_each_from(bytes, (index, at), each)
}

/// The stretches from a byte on, where a register begins.
fn for_each_from(
    bytes: &[u8],
    (mut index, mut at): (usize, usize),
    mut each: impl FnMut(usize, Stretch),
) -> Result<(), HllError> {
    while let Some(stretch) = Stretch::read(&bytes[at..]) {
        if stretch.len > REGISTERS - index {
            return Err(HllError::Corrupted);
        }
        each(index, stretch);
        index += stretch.len;
        at += stretch.bytes();
    }
    if index == REGISTERS && at == bytes.len() { Ok(()) } else { Err(HllError::Corrupted) }
}

/// The stretches whose registers are set, with the registers where they begin.
///
/// # Errors
///
/// `Corrupted`, before `each` has been called with a register that there is not.
pub(super) fn for_each_set(
    bytes: &[u8],
    mut each: impl FnMut(usize, Stretch),
) -> Result<(), HllError> {
    let (mut index, mut at) = (0, 0);
    // Most often there are zeros, one or two bytes of them, between two that are set: with such
    // pairs all branches are foreseen. Two pairs lie within eight bytes.
    while let Some(window) = bytes[at..].first_chunk() {
        let mut window = u64::from_le_bytes(*window);
        for _ in 0..2 {
            let [first, second, ..] = window.to_le_bytes();
            if first & 0x80 == 0 {
                let zeros = Stretch::of(first, second);
                index += zeros.len;
                at += zeros.bytes();
                window >>= 8 * zeros.bytes();
            }
            let [first, second, ..] = window.to_le_bytes();
            if first & 0x80 != 0 {
                let stretch = Stretch::of(first, second);
                if index + stretch.len > REGISTERS {
                    return Err(HllError::Corrupted);
                }
                each(index, stretch);
                index += stretch.len;
                at += 1;
                window >>= 8;
            }
        }
    }
    if index > REGISTERS {
        return Err(HllError::Corrupted);
    }
    for_each_from(bytes, (index, at), |index, stretch| {
        if stretch.level > 0 {
            each(index, stretch);
        }
    })
}

/// Where the stretch lies that covers a register.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The stretch.
    pub stretch: Stretch,
    /// Its first byte.
    at: usize,
    /// Its first register.
    first: usize,
    /// The first byte of the stretch in front of it, or its own.
    before: usize,
}

/// The stretch that covers a register, if there is one.
#[inline]
pub(super) fn find(bytes: &[u8], index: usize) -> Option<Place> {
    let (mut at, mut first, mut before) = (0, 0, 0);
    loop {
        let stretch = Stretch::read(&bytes[at..])?;
        if index < first + stretch.len {
            return Some(Place { stretch, at, first, before });
        }
        before = at;
        at += stretch.bytes();
        first += stretch.len;
    }
}

/// What stands in place of a stretch when one register in it changes.
#[derive(Default)]
pub(super) struct Split {
    bytes: [u8; 5],
    len: usize,
    /// Where it goes, and how many bytes it replaces.
    pub at: usize,
    pub old: usize,
    /// From where stretches that have become alike are looked for.
    pub join_from: usize,
}

impl Split {
    /// The stretch at `place` with one register raised.
    pub(super) fn new(place: Place, sign: Sign) -> Split {
        let Place { stretch, at, first, before } = place;
        let mut split = Split { at, old: stretch.bytes(), join_from: before, ..Split::default() };
        split.push(sign.index - first, stretch.level);
        split.push(1, sign.level);
        split.push(first + stretch.len - 1 - sign.index, stretch.level);
        split
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn push(&mut self, len: usize, level: u8) {
        write(len, level, |byte| {
            self.bytes[self.len] = byte;
            self.len += 1;
        });
    }
}

/// Joins neighbours that are alike, from one stretch on as far as one change reaches, and returns
/// how many bytes that saves: they are left over at the end.
///
/// compat: five steps, no more, as in Redis, so that the bytes are the same.
pub(super) fn join(bytes: &mut [u8], from: usize) -> usize {
    let (mut at, mut len) = (from, bytes.len());
    for _ in 0..5 {
        let Some(stretch) = Stretch::read(&bytes[at..len]) else { break };
        let next = at + stretch.bytes();
        let joined = Stretch::read(&bytes[next..len])
            .filter(|other| stretch.level > 0 && stretch.level == other.level)
            .map(|other| stretch.len + other.len)
            .filter(|&sum| sum <= MAX_VALUES);
        let Some(sum) = joined else {
            at = next;
            continue;
        };
        write(sum, stretch.level, |byte| bytes[next] = byte);
        bytes.copy_within(next..len, at);
        len -= 1;
    }
    bytes.len() - len
}

/// Writes stretches for so many registers that are alike, none for none.
pub(super) fn write(len: usize, level: u8, mut put: impl FnMut(u8)) {
    debug_assert!(level <= MAX_LEVEL && len <= REGISTERS, "what stretches can say");
    let mut rest = len;
    while rest > 0 {
        let part = match level {
            0 => rest,
            _ => rest.min(MAX_VALUES),
        };
        let stored = part - 1;
        match level {
            0 if part <= MAX_SHORT_ZEROS => put(stored as u8),
            0 => {
                put(0x40 | (stored >> 8) as u8);
                put(stored as u8);
            }
            _ => put(0x80 | (level - 1) << 2 | stored as u8),
        }
        rest -= part;
    }
}
