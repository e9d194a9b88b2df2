//! A map from byte strings to byte strings, packed into blocks of at most 8 KiB in the order of a
//! hash, whose clone costs one reference for every thirty thousand elements.
//!
//! Elements of neighbouring positions share a segment; a full segment is split in the middle of
//! its positions, and sparse neighbours merge. So no operation moves more than a block, nothing
//! is ever doubled, and a cursor of a scan is a position, whatever happens in between. Extendible
//! hashing, with as many references to a segment as its bits say, lost: positions of ranges need
//! one reference each, a count that means owners, and no care for depth.
//!
//! A clone shares all blocks. Who writes copies the one chunk and the one segment on its way that
//! are shared, and asks about that with a load.
//!
//! # Layout
//!
//! ```text
//! root: | start, chunk | start, chunk | ...           for each 30,000 elements or so
//!           |
//!           +-> chunk: | start, segment | ...         for each 32 to 64 elements
//!                          |
//!                          +-> segment: fingerprints, offsets, elements
//! ```
//!
//! # Invariants
//!
//! 1. An element lies in the last segment whose start is at most its position; the first start
//!    is 0.
//! 2. No two keys of one table have the same position: a table that would get such a pair takes
//!    another seed first, and `generation` counts that.
//! 3. `len` is the number of elements, `segment_bytes` what their blocks take.

use std::sync::Arc;

use super::chunk::{CHUNK_MAX, Chunk, Slot};
use super::codec::{self, Pair};
use super::locator::Locator;
use super::segment::{BLOCK_MAX, SLOTS_MAX, Segment};
use crate::position::PositionHasher;

/// What the payloads of a table look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PayloadKind {
    /// All of them have this many bytes.
    Fixed(u8),
    /// Each has its own length.
    Varied,
}

/// A stretch of the root.
#[derive(Clone)]
pub(super) struct Stretch {
    pub(super) start: u64,
    pub(super) chunk: Chunk,
}

/// Where a position belongs: the indices of a chunk and of a segment in it.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) chunk: usize,
    pub(super) slot: usize,
}

/// A table of elements: see the module.
#[derive(Clone)]
pub struct Elements {
    pub(super) root: Vec<Stretch>,
    hasher: Arc<PositionHasher>,
    len: usize,
    segment_bytes: usize,
    generation: u32,
    pub(super) kind: PayloadKind,
    /// Bits of positions that count, so that tests see what collisions do.
    #[cfg(test)]
    pub(super) weak: Option<u64>,
}

impl Elements {
    /// An empty table.
    pub fn new(hasher: Arc<PositionHasher>, kind: PayloadKind) -> Elements {
        Elements {
            root: Vec::new(),
            hasher,
            len: 0,
            segment_bytes: 0,
            generation: 0,
            kind,
            #[cfg(test)]
            weak: None,
        }
    }

    /// What gives keys their positions, in this generation.
    pub fn hasher(&self) -> &Arc<PositionHasher> {
        &self.hasher
    }

    /// Number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How often all positions have changed: a table that meets two keys with one position gives
    /// all of its elements new ones.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Bytes of all blocks, shared ones included.
    pub fn allocated(&self) -> usize {
        let chunks: usize = self.root.iter().map(|stretch| stretch.chunk.allocated()).sum();
        self.segment_bytes + chunks + self.root.capacity() * size_of::<Stretch>()
    }

    /// The position of a key, whether or not it is there: below 2^63.
    #[inline]
    pub fn position_of(&self, key: &[u8]) -> u64 {
        let position = self.hasher.position(key).0;
        #[cfg(test)]
        let position = position & self.weak.unwrap_or(u64::MAX);
        position
    }

    /// Where a position belongs, if there are segments.
    #[inline(always)]
    pub(super) fn place(&self, position: u64) -> Option<Place> {
        let chunk = match self.root.len() {
            1 => 0,
            _ => self.root.partition_point(|stretch| stretch.start <= position).checked_sub(1)?,
        };
        Some(Place { chunk, slot: self.root[chunk].chunk.locate(position) })
    }

    #[inline(always)]
    pub(super) fn segment(&self, place: Place) -> &Segment {
        &self.root[place.chunk].chunk.slots()[place.slot].segment
    }

    /// The payload of a key.
    #[inline]
    pub fn get(&self, key: &[u8]) -> Option<&[u8]> {
        let position = self.position_of(key);
        let segment = self.segment(self.place(position)?);
        let slot =
            segment.find(position as u8, |slot| segment.element(slot, self.kind).0 == key)?;
        Some(segment.element(slot, self.kind).1)
    }

    /// Whether a key is there.
    #[inline]
    pub fn contains(&self, key: &[u8]) -> bool {
        self.get(key).is_some()
    }

    /// The element that is meant, if it is there; and if it is not, any element or none.
    #[inline(always)]
    pub fn at(&self, locator: Locator) -> Option<Pair<'_>> {
        let segment = self.segment_of(locator)?;
        Some(segment.element(self.slot_of(segment, locator)?, self.kind))
    }

    /// Asks for the memory that a look-up at a position begins with.
    #[inline]
    pub fn prefetch(&self, position: u64) {
        if let Some(place) = self.place(position) {
            self.segment(place).prefetch();
        }
    }

    /// Asks for the element at a position; what `prefetch` asks for should be near by now.
    #[inline]
    pub fn prefetch_element(&self, position: u64) {
        if let Some(place) = self.place(position) {
            self.segment(place).prefetch_element(position as u8);
        }
    }

    /// The first segment.
    pub(super) fn plant(&mut self) {
        let segment = Segment::with_room(1, 0);
        self.segment_bytes = segment.block_bytes();
        let chunk = Chunk::new(vec![Slot { start: 0, segment }]);
        self.root = vec![Stretch { start: 0, chunk }];
    }

    /// The segment at a place, which only this table has afterwards.
    pub(super) fn unique(&mut self, place: Place) -> &mut Segment {
        let kind = self.kind;
        let segment = &mut self.root[place.chunk].chunk.slots_mut()[place.slot].segment;
        if !segment.is_unique() {
            let before = segment.allocated(kind);
            segment.unshare(kind);
            self.segment_bytes = self.segment_bytes + segment.allocated(kind) - before;
        }
        segment
    }

    /// Changes a segment that only this table has afterwards, and keeps the account of its bytes.
    fn edit(&mut self, place: Place, change: impl FnOnce(&mut Segment, PayloadKind)) {
        let kind = self.kind;
        let segment = self.unique(place);
        let before = segment.allocated(kind);
        change(segment, kind);
        let after = segment.allocated(kind);
        self.segment_bytes = self.segment_bytes + after - before;
    }

    pub(super) fn replace(&mut self, place: Place, slot: usize, pair: Pair<'_>) {
        let old = self.segment(place).element(slot, self.kind).1;
        if old == pair.1 {
            return;
        }
        if old.len() == pair.1.len() {
            return self.edit(place, |segment, kind| {
                segment.payload_mut(slot, kind).copy_from_slice(pair.1);
            });
        }
        self.edit(place, |segment, kind| segment.remove(slot, kind));
        self.len -= 1;
        self.add(place, self.position_of(pair.0), pair);
    }

    /// Adds an element that is not there to its segment, after as many splits as it takes.
    pub(super) fn add(&mut self, mut place: Place, position: u64, pair: Pair<'_>) {
        let (size, _) = codec::size(pair, self.kind);
        while !self.segment(place).can_hold(size) {
            self.split(place);
            place = self.place(position).expect("there is a segment");
        }
        self.edit(place, |segment, kind| segment.push(position as u8, pair, kind));
        self.len += 1;
    }

    /// Divides a segment in the middle of its positions.
    fn split(&mut self, place: Place) {
        let kind = self.kind;
        let segment = self.segment(place);
        let len = segment.len();
        let mut keyed = [(0, 0); SLOTS_MAX];
        for (slot, (key, _)) in segment.pairs(kind).enumerate() {
            keyed[slot] = (self.position_of(key), slot);
        }
        let keyed = &mut keyed[..len];
        let (low, middle, _) = keyed.select_nth_unstable(len / 2);
        let last = low.iter().map(|&(position, _)| position).max().unwrap_or(0);
        let (start, low_len) = (Locator::start_between(last, middle.0), low.len());
        let slots_of = |half: &[(u64, usize)]| {
            let slots: Vec<usize> = half.iter().map(|&(_, slot)| slot).collect();
            segment.some(slots.into_iter(), kind)
        };
        let (low, high) = (slots_of(&keyed[..low_len]), slots_of(&keyed[low_len..]));
        let bytes = low.allocated(kind) + high.allocated(kind);
        self.segment_bytes = self.segment_bytes + bytes - segment.allocated(kind);
        let slots = self.root[place.chunk].chunk.slots_mut();
        slots[place.slot].segment = low;
        if slots.len() == slots.capacity() {
            // Small tables are many: they grow their directory by a half, not to the double.
            slots.reserve_exact(slots.len().div_ceil(2));
        }
        slots.insert(place.slot + 1, Slot { start, segment: high });
        if slots.len() > CHUNK_MAX {
            let high = slots.split_off(CHUNK_MAX / 2);
            let stretch = Stretch { start: high[0].start, chunk: Chunk::new(high) };
            self.root.insert(place.chunk + 1, stretch);
        }
    }

    /// Removes the element that is meant, where there surely is one, after `see` has seen it.
    pub fn remove_at(&mut self, locator: Locator, see: impl FnOnce(Pair<'_>)) {
        let Some(place) = self.place_of(locator) else { return };
        let segment = self.segment(place);
        let Some(slot) = self.slot_of(segment, locator) else { return };
        see(segment.element(slot, self.kind));
        self.take(place, slot);
    }

    /// Removes the element in a slot.
    pub(super) fn take(&mut self, place: Place, slot: usize) {
        self.edit(place, |segment, kind| segment.remove(slot, kind));
        self.len -= 1;
        self.merge_around(place);
    }

    /// Merges a sparse segment with a neighbour in its chunk, and its chunk with the next one.
    fn merge_around(&mut self, place: Place) {
        if self.segment(place).len() > SLOTS_MAX / 4 {
            return;
        }
        let Place { chunk, slot } = place;
        let slots = self.root[chunk].chunk.slots();
        let sparse = |slot: usize| {
            slots.get(slot + 1).is_some_and(|high| merged_is_half_full(&slots[slot].segment, high))
        };
        if sparse(slot) {
            self.merge(place);
        } else if slot > 0 && sparse(slot - 1) {
            self.merge(Place { chunk, slot: slot - 1 });
        }
        self.merge_chunks(chunk);
        if chunk > 0 {
            self.merge_chunks(chunk - 1);
        }
    }

    /// Makes one segment of two.
    fn merge(&mut self, Place { chunk, slot }: Place) {
        let kind = self.kind;
        let slots = self.root[chunk].chunk.slots_mut();
        let high = slots.remove(slot + 1).segment;
        let low = &slots[slot].segment;
        let mut merged = Segment::with_room(low.len() + high.len(), low.used() + high.used());
        merged.extend(low, 0..low.len(), kind);
        merged.extend(&high, 0..high.len(), kind);
        let before = low.allocated(kind) + high.allocated(kind);
        let after = merged.allocated(kind);
        slots[slot].segment = merged;
        self.segment_bytes = self.segment_bytes + after - before;
    }

    fn merge_chunks(&mut self, chunk: usize) {
        let Some(next) = self.root.get(chunk + 1) else { return };
        if self.root[chunk].chunk.slots().len() + next.chunk.slots().len() <= CHUNK_MAX / 2 {
            let next = self.root.remove(chunk + 1);
            let slots = self.root[chunk].chunk.slots_mut();
            slots.extend_from_slice(next.chunk.slots());
        }
    }

    /// Gives all elements positions under another seed.
    #[cold]
    pub(super) fn reseed(&mut self) {
        // The new seed comes from the old one, of which nobody outside knows anything.
        let seed = self.hasher.position(&self.generation.to_le_bytes()).0;
        let mut fresh = Elements::new(Arc::new(PositionHasher::new(seed)), self.kind);
        fresh.generation = self.generation + 1;
        for (key, payload) in self.iter() {
            fresh.insert(key, payload);
        }
        *self = fresh;
    }

    /// Frees about `budget` segments; whether nothing is left. Who drops a big table calls this
    /// again and again, with pauses; the table is good for nothing else from the first call on.
    pub fn dismantle(&mut self, budget: usize) -> bool {
        self.len = 0;
        self.segment_bytes = 0;
        for _ in 0..budget {
            let Some(last) = self.root.last_mut() else { return true };
            if !last.chunk.is_unique() || last.chunk.slots_mut().pop().is_none() {
                self.root.pop();
            }
        }
        self.root.is_empty()
    }
}

#[cfg(all(test, not(loom)))]
impl Elements {
    /// The account of the blocks' bytes.
    pub(super) fn segment_bytes(&self) -> usize {
        self.segment_bytes
    }

    /// The blocks' bytes, counted anew.
    pub(super) fn counted_bytes(&self) -> usize {
        let slots = self.root.iter().flat_map(|stretch| stretch.chunk.slots());
        slots.map(|slot| slot.segment.allocated(self.kind)).sum()
    }
}

/// Whether two neighbours fill at most half of a segment together, so that the merged one is not
/// split again soon.
fn merged_is_half_full(low: &Segment, high: &Slot) -> bool {
    low.len() + high.segment.len() <= SLOTS_MAX / 2
        && low.used() + high.segment.used() <= BLOCK_MAX / 2
}

impl std::fmt::Debug for Elements {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Elements({})", self.len)
    }
}
