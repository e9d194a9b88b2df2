//! A leaf of the order of a large sorted set: places in a row, packed.
//!
//! A place is a score and what names a member of the table. Four bytes nearly always name it
//! (see `Locator`), so a place takes twelve. A member with a lookalike has a place of sixteen, in
//! a row of such: among a million members there are about a hundred pairs of lookalikes.
//!
//! Blocks have few sizes, so that rows that grow and are divided leave no gaps behind in the
//! allocator: where they fitted exactly, those of sets that grow in step left more than they saved.
//! They are well filled none the less, as a full row shares with a neighbour: two become three.
//!
//! # Layout
//!
//! ```text
//! +-----------+---------------------+-----------+---------------------+ - - -
//! | score f64 | locator u32, or u64 | score f64 | locator             |
//! +-----------+---------------------+-----------+---------------------+ - - -
//! ```
//!
//! # Invariants
//!
//! 1. A locator that is not whole means one member of the table and no other.

use structures::Blob;
use structures::elements::Locator;
use structures::tree::Leaf;

/// The most bytes in one row: the largest block of the slabs holds them and one place more.
const FULL: usize = 1024 - HEAD - 16;
/// A row of fewer would better be one with a neighbour.
const FEW: usize = FULL / 4;
/// Two rows with less room than that together become three.
const WORTH_SHARING: usize = FULL / 6;
const SCORE: usize = 8;
/// Bytes in front of those of a `Blob`.
const HEAD: usize = 16;

/// Where a member stands: its score, and what it is in the table of members.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Place {
    pub score: f64,
    pub locator: Locator,
}

/// Places in order.
#[derive(Clone)]
pub(super) struct Row {
    bytes: Blob,
    /// Where the last place came in: it tells how the row grows.
    grown_at: u16,
    /// Whether all locators are whole positions.
    is_whole: bool,
}

impl Row {
    /// Places that fit into any row.
    pub const MAX: usize = FULL / (SCORE + 8);

    /// A row of up to `MAX` places with a position each, in order. `is_whole` says whether one of
    /// the members has a lookalike.
    pub fn new(places: impl ExactSizeIterator<Item = (f64, u64)>, is_whole: bool) -> Row {
        let width = width(is_whole);
        let mut row =
            Row { bytes: Blob::with_capacity(room(places.len() * width)), grown_at: 0, is_whole };
        for (at, (score, position)) in places.enumerate() {
            row.insert(at, score, position);
        }
        // Nothing says how it will grow.
        row.grown_at = (row.len() / 2) as u16;
        row
    }

    #[cfg(test)]
    /// Whether a place takes sixteen bytes here.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Makes room for whole positions, which `position_of` tells.
    #[cold]
    pub fn make_whole(&mut self, position_of: impl Fn(Locator) -> u64) {
        if self.is_whole {
            return;
        }
        let places = (0..self.len()).map(|at| self.get(at));
        *self = Row::new(places.map(|place| (place.score, position_of(place.locator))), true);
    }

    /// The place with this index.
    #[inline(always)]
    pub fn get(&self, at: usize) -> Place {
        let width = width(self.is_whole);
        read(&self.bytes[at * width..][..width], self.is_whole)
    }

    /// The places from one index to before another.
    #[inline]
    pub fn range(
        &self,
        from: usize,
        to: usize,
    ) -> impl DoubleEndedIterator<Item = Place> + ExactSizeIterator + Clone {
        let width = width(self.is_whole);
        let places = self.bytes[from * width..to * width].chunks_exact(width);
        places.map(|place| read(place, self.is_whole))
    }

    /// How many places come before the first one that is not `before`.
    #[inline]
    pub fn count_before(&self, before: impl Fn(Place) -> bool) -> usize {
        // The steps of the search, and the change that may follow, wait for memory once.
        self.bytes.prefetch();
        let (mut from, mut to) = (0, self.len());
        while from < to {
            let middle = (from + to) / 2;
            if before(self.get(middle)) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }

    /// Gives a place another score, with which it stays where it is.
    pub fn set_score(&mut self, at: usize, score: f64) {
        let from = at * width(self.is_whole);
        self.bytes.make_mut()[from..from + SCORE].copy_from_slice(&score.to_le_bytes());
    }

    /// Puts a place in, of a member without lookalikes or into a row of whole positions.
    pub fn insert(&mut self, at: usize, score: f64, position: u64) {
        let width = width(self.is_whole);
        let len = self.bytes.len() + width;
        let place = self.bytes.splice(at * width, 0, width, room(len) - len);
        place[..SCORE].copy_from_slice(&score.to_le_bytes());
        if self.is_whole {
            place[SCORE..].copy_from_slice(&position.to_le_bytes());
        } else {
            place[SCORE..].copy_from_slice(&Locator::part(position).to_word().to_le_bytes());
        }
        self.grown_at = at as u16;
    }

    /// Takes one place out.
    pub fn take(&mut self, at: usize) {
        self.remove(at, at + 1);
    }

    fn of(bytes: &[u8], is_whole: bool) -> Row {
        let mut blob = Blob::with_capacity(room(bytes.len()));
        blob.extend(bytes);
        Row { bytes: blob, grown_at: 0, is_whole }
    }
}

impl Leaf for Row {
    type Mark = Place;

    #[inline]
    fn len(&self) -> usize {
        self.bytes.len() / width(self.is_whole)
    }

    #[inline]
    fn mark(&self) -> Place {
        self.get(0)
    }

    fn remove(&mut self, from: usize, to: usize) {
        let width = width(self.is_whole);
        self.bytes.splice(from * width, (to - from) * width, 0, 0);
    }

    fn overflow(&mut self) -> Option<Row> {
        if self.bytes.len() <= FULL {
            return None;
        }
        let (len, width) = (self.len(), width(self.is_whole));
        let keep = match usize::from(self.grown_at) {
            0 if (len - 1) * width <= FULL => 1,
            at if at + 1 == len => FULL / width,
            _ => len / 2,
        };
        let (low, high) = self.bytes.split_at(keep * width);
        let high = Row::of(high, self.is_whole);
        *self = Row::of(low, self.is_whole);
        Some(high)
    }

    fn is_crowded(&self) -> bool {
        // One that grows at an end stays full, and a new one begins there.
        let at = usize::from(self.grown_at);
        self.bytes.len() > FULL && at > 0 && at + 1 < self.len()
    }

    fn share(&mut self, right: &mut Row) -> Option<Option<Row>> {
        if self.is_whole != right.is_whole {
            return None;
        }
        let width = width(self.is_whole);
        let all = [&self.bytes[..], &right.bytes[..]].concat();
        let rows = if all.len() + WORTH_SHARING <= 2 * FULL { 2 } else { 3 };
        let each = (all.len() / width).div_ceil(rows) * width;
        let (low, rest) = all.split_at(each);
        let (middle, high) = rest.split_at(each.min(rest.len()));
        *self = Row::of(low, self.is_whole);
        *right = Row::of(middle, self.is_whole);
        Some((!high.is_empty()).then(|| Row::of(high, self.is_whole)))
    }

    fn is_small(&self) -> bool {
        self.bytes.len() < FEW
    }

    fn absorb(&mut self, right: &Row) -> bool {
        let (len, more) = (self.bytes.len(), right.bytes.len());
        let fits = self.is_whole == right.is_whole && len + more <= FULL - FEW;
        if fits {
            let spare = room(len + more) - len - more;
            self.bytes.splice(len, 0, more, spare).copy_from_slice(&right.bytes);
        }
        fits
    }
}

/// The place that these bytes are.
#[inline(always)]
fn read(place: &[u8], is_whole: bool) -> Place {
    let score = f64::from_le_bytes(place[..SCORE].try_into().expect("eight bytes"));
    let locator = if is_whole {
        let position = place[SCORE..SCORE + 8].try_into().expect("eight bytes");
        Locator::whole(u64::from_le_bytes(position))
    } else {
        let word = place[SCORE..SCORE + 4].try_into().expect("four bytes");
        Locator::from_word(u32::from_le_bytes(word))
    };
    Place { score, locator }
}

/// What a block is given room for that holds so many bytes.
fn room(bytes: usize) -> usize {
    (HEAD + bytes).next_power_of_two() - HEAD
}

/// Bytes of a place.
#[inline(always)]
const fn width(is_whole: bool) -> usize {
    if is_whole { SCORE + 8 } else { SCORE + 4 }
}
