//! Walking a table of elements: all of them, a part at a time, or one by chance.

use super::chunk::CHUNK_MAX;
use super::codec::Pair;
use super::locator::Locator;
use super::map::{Elements, Place};
use super::segment::{SLOTS_MAX, Segment};

/// The most positions of `at_each`.
pub const TOGETHER: usize = 16;

/// Tables with fewer elements are near while they are in use.
const NEAR: usize = 8192;

/// The elements of a table.
#[derive(Clone)]
pub struct Iter<'a> {
    table: &'a Elements,
    at: Place,
    /// In the segment.
    index: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = Pair<'a>;

    #[inline]
    fn next(&mut self) -> Option<Pair<'a>> {
        loop {
            let slots = self.table.root.get(self.at.chunk)?.chunk.slots();
            let Some(slot) = slots.get(self.at.slot) else {
                self.at = Place { chunk: self.at.chunk + 1, slot: 0 };
                continue;
            };
            if self.index < slot.segment.len() {
                self.index += 1;
                return Some(slot.segment.element(self.index - 1, self.table.kind));
            }
            self.at.slot += 1;
            self.index = 0;
        }
    }
}

impl Elements {
    /// All elements, in no order that a caller may show.
    pub fn iter(&self) -> Iter<'_> {
        Iter { table: self, at: Place { chunk: 0, slot: 0 }, index: 0 }
    }

    /// Calls `see` with the elements that are meant, at most `TOGETHER`, in their order.
    ///
    /// The way to an element is a chain of reads. The processor is on many such ways at once if all
    /// take their first step before any takes its second; what lies far is asked for a step ahead.
    ///
    /// # Panics
    ///
    /// Panics if one of them is not there.
    #[inline]
    pub fn at_each<'a>(
        &'a self,
        locators: impl Iterator<Item = Locator>,
        mut see: impl FnMut(Pair<'a>),
    ) {
        const THERE: &str = "each of the elements is there";
        let far = self.len() >= NEAR;
        let mut found: [Option<(&Segment, Locator)>; TOGETHER] = [None; TOGETHER];
        let mut count = 0;
        for (found, locator) in found.iter_mut().zip(locators) {
            let segment = self.segment_of(locator).expect(THERE);
            if far {
                segment.prefetch();
            }
            *found = Some((segment, locator));
            count += 1;
        }
        let mut slots = [0; TOGETHER];
        let found = || found.iter().take(count).flatten();
        for (slot, (segment, locator)) in slots.iter_mut().zip(found()) {
            *slot = self.slot_of(segment, *locator).expect(THERE);
            if far {
                segment.prefetch_offset(*slot);
            }
        }
        if far {
            slots.iter().zip(found()).for_each(|(slot, (segment, _))| segment.prefetch_slot(*slot));
        }
        for (slot, (segment, _)) in slots.iter().zip(found()) {
            see(segment.element(*slot, self.kind));
        }
    }

    /// Calls `see` for the elements of the segment that a cursor points into, and gives the cursor
    /// for the next call, 0 at the end. It begins with 0; cursors stay below 2^63.
    ///
    /// An element that is there from the first call to the last is seen at least once, whatever
    /// happens to the others.
    pub fn scan<'a>(&'a self, cursor: u64, mut see: impl FnMut(Pair<'a>)) -> u64 {
        let Some(Place { chunk, slot }) = self.place(cursor) else { return 0 };
        let slots = self.root[chunk].chunk.slots();
        slots[slot].segment.pairs(self.kind).for_each(&mut see);
        let next = slots.get(slot + 1).map(|slot| slot.start);
        next.or_else(|| self.root.get(chunk + 1).map(|stretch| stretch.start)).unwrap_or(0)
    }

    /// An element by chance, each as likely as any other, from a random number.
    pub fn random(&self, random: u64) -> Option<Pair<'_>> {
        if self.is_empty() {
            return None;
        }
        let mut random = random;
        loop {
            random = next_random(random);
            if let Some(pair) = self.try_random(random) {
                return Some(pair);
            }
        }
    }

    /// One throw: a chunk, a segment and an element, of as many as the fullest may have, so that
    /// those of a sparse one are not more likely than others.
    fn try_random(&self, random: u64) -> Option<Pair<'_>> {
        let (chunk_part, slot_part) = (random >> 40, random >> 20 & 0xF_FFFF);
        let chunk = scale(chunk_part, 24, self.root.len());
        let slots = self.root[chunk].chunk.slots();
        let most_segments = if self.root.len() == 1 { slots.len() } else { CHUNK_MAX };
        let segment = &slots.get(scale(slot_part, 20, most_segments))?.segment;
        let most_elements = if self.root.len() * slots.len() == 1 { self.len() } else { SLOTS_MAX };
        let index = scale(random & 0xF_FFFF, 20, most_elements);
        (index < segment.len()).then(|| segment.element(index, self.kind))
    }
}

/// A number below `bound` from one of `bits` bits.
fn scale(part: u64, bits: u32, bound: usize) -> usize {
    ((part as u128 * bound as u128) >> bits) as usize
}

/// The next number of a sequence that meets all numbers of 64 bits: SplitMix64.
fn next_random(random: u64) -> u64 {
    let mut mixed = random.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ mixed >> 31
}
