//! Which element of a table is meant, in as few bytes as tell it from the others.
//!
//! Who keeps an order of elements beside their table names each of them once more. A position
//! takes eight bytes; its highest 24 bits, which lead to the segment, and its lowest 8, which are
//! the fingerprint there, nearly always do as well, in four. Two elements that agree in these are
//! lookalikes: of those somebody keeps the whole positions.
//!
//! # Layout
//!
//! ```text
//! 0 | position, 63 bits
//! 1 | its highest 24 bits | zeros, 31 bits | its lowest 8 bits
//! ```

use super::map::{Elements, Place};
use super::segment::Segment;

/// Says that the bits in the middle are not known.
const PART: u64 = 1 << 63;
/// What a part keeps of a position.
const KEPT: u64 = !MIDDLE;
const MIDDLE: u64 = ((1 << 39) - (1 << 8)) | PART;

/// A position, or the part of it that tells an element from all others of its table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Locator(u64);

impl Locator {
    /// The whole of a position.
    #[inline]
    pub const fn whole(position: u64) -> Locator {
        Locator(position)
    }

    /// The part of a position.
    #[inline]
    pub const fn part(position: u64) -> Locator {
        Locator(position & KEPT | PART)
    }

    /// What `to_word` made of the part of a position.
    #[inline]
    pub const fn from_word(word: u32) -> Locator {
        Locator(PART | ((word >> 8) as u64) << 39 | (word & 0xFF) as u64)
    }

    /// The part, in four bytes.
    #[inline]
    pub const fn to_word(self) -> u32 {
        ((self.first() >> 39) as u32) << 8 | (self.0 & 0xFF) as u32
    }

    /// Where a segment begins whose first element comes next behind the last of another segment:
    /// if the two are far enough apart, where no part means positions on both sides.
    pub(super) const fn start_between(last: u64, first: u64) -> u64 {
        let start = first & !((1 << 39) - 1);
        if start > last { start } else { first }
    }

    /// Whether this may mean the element at a position.
    #[inline]
    pub const fn means(self, position: u64) -> bool {
        (position ^ self.0) & !self.unknown() == 0
    }

    /// The lowest position that may be meant.
    #[inline]
    pub const fn first(self) -> u64 {
        self.0 & !PART
    }

    /// The highest position that may be meant.
    #[inline]
    const fn last(self) -> u64 {
        (self.0 | self.unknown()) & !PART
    }

    /// The bits that are not known, without a branch: all or none of those in the middle.
    #[inline]
    const fn unknown(self) -> u64 {
        MIDDLE & ((self.0 as i64 >> 63) as u64)
    }
}

impl Elements {
    /// The place at which what is meant stands, if it is there.
    pub(super) fn place_of(&self, locator: Locator) -> Option<Place> {
        let place = self.place(locator.first())?;
        if self.starts_within(self.following(place), locator) {
            return self.place_among_several(place, locator);
        }
        Some(place)
    }

    /// The segment in which what is meant stands, if it is there.
    #[inline(always)]
    pub(super) fn segment_of(&self, locator: Locator) -> Option<&Segment> {
        let place = self.place(locator.first())?;
        let slots = self.root[place.chunk].chunk.slots();
        let next = match slots.get(place.slot + 1) {
            Some(next) => Some(next.start),
            None => self.root.get(place.chunk + 1).map(|stretch| stretch.start),
        };
        if next.is_some_and(|start| start <= locator.last()) {
            return self.place_of(locator).map(|place| self.segment(place));
        }
        Some(&slots[place.slot].segment)
    }

    /// The slot of what is meant in its segment; where there is only one that it can be, that one
    /// is not looked at.
    #[inline(always)]
    pub(super) fn slot_of(&self, segment: &Segment, locator: Locator) -> Option<usize> {
        let here = |slot| locator.means(self.position_of(segment.element(slot, self.kind).0));
        segment.find_present(locator.first() as u8, here)
    }

    /// As `place_of`, where a segment ends between the positions that may be meant.
    #[cold]
    fn place_among_several(&self, first: Place, locator: Locator) -> Option<Place> {
        let mut at = Some(first);
        while let Some(place) = at {
            let segment = self.segment(place);
            let here = |slot| locator.means(self.position_of(segment.element(slot, self.kind).0));
            if segment.find(locator.first() as u8, here).is_some() {
                return Some(place);
            }
            at = self.following(place).filter(|&next| self.starts_within(Some(next), locator));
        }
        None
    }

    /// The place behind one.
    #[inline(always)]
    fn following(&self, Place { chunk, slot }: Place) -> Option<Place> {
        if slot + 1 < self.root[chunk].chunk.slots().len() {
            return Some(Place { chunk, slot: slot + 1 });
        }
        (chunk + 1 < self.root.len()).then_some(Place { chunk: chunk + 1, slot: 0 })
    }

    #[inline(always)]
    fn starts_within(&self, place: Option<Place>, locator: Locator) -> bool {
        let start = |place: Place| self.root[place.chunk].chunk.slots()[place.slot].start;
        place.is_some_and(|place| start(place) <= locator.last())
    }

    /// Calls `see` with the elements, but for the one with this key, that the part of its position
    /// could mean too.
    pub fn lookalikes(&self, key: &[u8], position: u64, mut see: impl FnMut(&[u8], &[u8])) {
        let locator = Locator::part(position);
        let mut at = self.place(locator.first());
        while let Some(place) = at {
            let segment = self.segment(place);
            // Nothing is accepted, so that all with the same fingerprint are looked at.
            segment.find(locator.first() as u8, |slot| {
                let (other, payload) = segment.element(slot, self.kind);
                if other != key && locator.means(self.position_of(other)) {
                    see(other, payload);
                }
                false
            });
            at = self.following(place).filter(|&next| self.starts_within(Some(next), locator));
        }
    }
}
