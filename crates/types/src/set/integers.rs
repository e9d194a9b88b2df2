//! A sorted array of integers, each as wide as the widest needs: small sets of integers.
//!
//! A binary search finds a member, and adding one moves those behind it. All of them become wider
//! when a member comes that does not fit.
//!
//! # Layout
//!
//! ```text
//! | integer | integer | ...      each of `width` bytes: 2, 4 or 8, little-endian, ascending
//! ```
//!
//! # Invariants
//!
//! 1. The integers ascend, none is there twice, and each fits into `width` bytes.

use structures::Blob;

/// The bytes by which an array grows beyond what it needs, at most.
const SPARE_MAX: usize = 1 << 10;

/// Integers in ascending order.
#[derive(Clone, Debug)]
pub struct Integers {
    bytes: Blob,
    width: u8,
}

impl Default for Integers {
    fn default() -> Integers {
        Integers { bytes: Blob::with_capacity(0), width: 2 }
    }
}

impl Integers {
    /// Number of integers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() / self.width()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Bytes of the allocation.
    #[must_use]
    pub fn allocated(&self) -> usize {
        self.bytes.allocated()
    }

    fn width(&self) -> usize {
        usize::from(self.width)
    }

    /// The integer at a place, which is there.
    #[must_use]
    pub fn at(&self, index: usize) -> i64 {
        let width = self.width();
        read(&self.bytes[index * width..(index + 1) * width])
    }

    /// The smallest integer and the largest.
    #[must_use]
    pub fn ends(&self) -> Option<(i64, i64)> {
        let last = self.len().checked_sub(1)?;
        Some((self.at(0), self.at(last)))
    }

    /// Where an integer is, or where it would be.
    fn search(&self, wanted: i64) -> Result<usize, usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.at(middle).cmp(&wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(low)
    }

    /// Whether an integer is there.
    #[must_use]
    pub fn contains(&self, wanted: i64) -> bool {
        width_of(wanted) <= self.width && self.search(wanted).is_ok()
    }

    /// Adds an integer; whether it is new.
    pub fn insert(&mut self, value: i64) -> bool {
        if width_of(value) > self.width {
            self.widen(width_of(value));
        }
        let Err(index) = self.search(value) else { return false };
        let width = self.width();
        let spare = (self.bytes.len() / 8).min(SPARE_MAX);
        let room = self.bytes.splice(index * width, 0, width, spare);
        room.copy_from_slice(&value.to_le_bytes()[..width]);
        true
    }

    fn widen(&mut self, width: u8) {
        let mut wide = Blob::with_capacity((self.len() + 1) * usize::from(width));
        for value in self.iter() {
            wide.extend(&value.to_le_bytes()[..usize::from(width)]);
        }
        *self = Integers { bytes: wide, width };
    }

    /// Removes an integer; whether it was there.
    pub fn remove(&mut self, value: i64) -> bool {
        let Ok(index) = self.search(value) else { return false };
        let width = self.width();
        self.bytes.splice(index * width, width, 0, 0);
        true
    }

    /// The integers in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        self.bytes.chunks_exact(self.width()).map(read)
    }
}

fn read(bytes: &[u8]) -> i64 {
    match *bytes {
        [a, b] => i64::from(i16::from_le_bytes([a, b])),
        [a, b, c, d] => i64::from(i32::from_le_bytes([a, b, c, d])),
        _ => i64::from_le_bytes(bytes.try_into().expect("the widths are 2, 4 and 8")),
    }
}

fn width_of(value: i64) -> u8 {
    if i16::try_from(value).is_ok() {
        2
    } else if i32::try_from(value).is_ok() {
        4
    } else {
        8
    }
}
