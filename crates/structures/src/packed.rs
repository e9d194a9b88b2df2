//! Elements one behind the other in one block: small collections, and the nodes of large ones.
//!
//! A block of its own for each element costs 8 to 16 bytes for finding it and as many for the
//! allocator; here it is 2 for a short one, and neighbours share cache lines. The price is that a
//! change moves what lies behind it, so a block stays within some KiB. Clones share the block until
//! one of them changes.
//!
//! # Layout
//!
//! ```text
//! +---------+-----------+-----+-----------+-----------+ - - -
//! | len u32 | start u32 | gap | element 0 | element 1 |         all integers little-endian
//! +---------+-----------+-----+-----------+-----------+ - - -
//!
//! element:  head | bytes or integer | size of both, to be read backwards
//! head:     00llllll                   a string of l bytes
//!           0100llll llllllll          a string of l bytes, the high bits first
//!           01010000 u32               a string
//!           010100nn                   an integer of 2, 3 or 4 bytes for n = 1, 2, 3
//!           01010100                   an integer of 8 bytes
//!           011iiiii iiiiiiii          the integer i, with its sign, the high bits first
//!           1iiiiiii                   the integer i
//! size:     0sssssss, or, from its last byte on, 1sssssss ... 0sssssss, the low bits first
//! ```
//!
//! An element takes as many bytes as in the `listpack` of Redis, so that limits of bytes mean the
//! same; the heads are others, so that a short string is known by one comparison.
//!
//! The gap lets elements come and go in front without moving all others. What is never read
//! backwards, as a hash, goes without the sizes: `Packed<false>`.
//!
//! # Invariants
//!
//! 1. Each string has one form: what spells an integer as the machine would is an integer, and no
//!    head is longer than it need be. So equal elements are equal bytes.
//! 2. `start` is where the first element begins, or the end where there is none.

use std::fmt;

use crate::blob::Blob;

mod element;
mod iter;
#[cfg(test)]
mod tests;

pub use element::Item;
use element::{Encoded, item_at, size_before};
pub use iter::Iter;

/// Bytes before the elements and the gap.
const HEADER: usize = 8;
/// The largest gap that a change leaves in front.
const GAP_MAX: usize = 1 << 10;

/// Where an element begins, until something before it changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Spot(u32);

/// Elements in one block. `SIZED` says whether each has its size behind it, so that they can be
/// read backwards.
#[derive(Clone)]
pub struct Packed<const SIZED: bool = true>(Blob);

impl<const SIZED: bool> Default for Packed<SIZED> {
    fn default() -> Packed<SIZED> {
        Packed::new()
    }
}

impl Packed {
    /// Where the last element begins.
    pub fn back(&self) -> Option<Spot> {
        self.before(self.end())
    }

    /// The spot before this one, unless it is the first.
    #[inline]
    pub fn before(&self, at: Spot) -> Option<Spot> {
        (at != self.front()).then(|| self.one_back(at))
    }
}

impl<const SIZED: bool> Packed<SIZED> {
    /// No elements.
    pub fn new() -> Packed<SIZED> {
        let mut blob = Blob::with_capacity(HEADER);
        blob.extend(&[0; HEADER]);
        let mut packed = Packed(blob);
        packed.write(4, HEADER);
        packed
    }

    /// Number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.word(0)
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of the elements.
    pub fn bytes(&self) -> usize {
        self.0.len() - self.start()
    }

    /// Bytes of the allocation.
    pub fn allocated(&self) -> usize {
        self.0.allocated()
    }

    /// Where the first element begins; the end, where there is none.
    #[inline]
    pub fn front(&self) -> Spot {
        Spot(self.start() as u32)
    }

    /// Behind the last element.
    #[inline]
    pub fn end(&self) -> Spot {
        Spot(self.0.len() as u32)
    }

    /// The element at a spot, which is not the end.
    #[inline]
    pub fn item(&self, at: Spot) -> Item<'_> {
        item_at::<SIZED>(&self.0, at.0 as usize).0
    }

    /// The element at a spot, and the spot behind it.
    #[inline(always)]
    pub(super) fn item_and_next(&self, at: Spot) -> (Item<'_>, Spot) {
        let (item, next) = item_at::<SIZED>(&self.0, at.0 as usize);
        (item, Spot(next as u32))
    }

    /// The spot behind the element at this one.
    #[inline]
    pub fn after(&self, at: Spot) -> Spot {
        Spot(item_at::<SIZED>(&self.0, at.0 as usize).1 as u32)
    }

    /// The spot before this one, which is not the first, where elements have sizes.
    #[inline]
    fn one_back(&self, at: Spot) -> Spot {
        Spot(at.0 - size_before(&self.0, at.0 as usize) as u32)
    }

    /// Where element number `index` begins; the end, if there are not so many.
    pub fn nth(&self, index: usize) -> Spot {
        let len = self.len();
        if index >= len {
            return self.end();
        }
        if index <= len / 2 || !SIZED {
            return (0..index).fold(self.front(), |at, _| self.after(at));
        }
        (index..len).fold(self.end(), |at, _| self.one_back(at))
    }

    /// The first element from `from` on that is `wanted`, of every `step` elements the first.
    pub fn find(&self, from: Spot, step: usize, wanted: &[u8]) -> Option<Spot> {
        let (wanted, mut at) = (Encoded::new(wanted), from.0 as usize);
        while at < self.0.len() {
            if wanted.begins(&self.0[at..]) {
                return Some(Spot(at as u32));
            }
            at = (0..step).fold(at, |at, _| if at < self.0.len() { self.behind(at) } else { at });
        }
        None
    }

    /// Indices of the elements that are `wanted`.
    pub fn indices_of(&self, wanted: &[u8]) -> impl Iterator<Item = usize> {
        let (wanted, mut at, mut index) = (Encoded::new(wanted), self.start(), 0);
        std::iter::from_fn(move || {
            while at < self.0.len() {
                let found = wanted.begins(&self.0[at..]).then_some(index);
                (at, index) = (self.behind(at), index + 1);
                if found.is_some() {
                    return found;
                }
            }
            None
        })
    }

    /// Bytes between two spots.
    pub fn distance(&self, from: Spot, to: Spot) -> usize {
        (to.0 - from.0) as usize
    }

    fn behind(&self, at: usize) -> usize {
        item_at::<SIZED>(&self.0, at).1
    }

    /// Whether the element at this spot is these bytes.
    pub fn is(&self, at: Spot, wanted: &[u8]) -> bool {
        Encoded::new(wanted).begins(&self.0[at.0 as usize..])
    }

    /// The elements in order.
    pub fn iter(&self) -> Iter<'_, SIZED> {
        Iter::new(self)
    }

    /// Puts an element before the one at a spot, or at the end; gives where it begins.
    pub fn insert(&mut self, at: Spot, bytes: &[u8]) -> Spot {
        self.insert_encoded(at, &Encoded::new(bytes))
    }

    /// Puts an element in front of all.
    pub fn push_front(&mut self, bytes: &[u8]) {
        self.insert(self.front(), bytes);
    }

    /// Puts an element behind all.
    pub fn push_back(&mut self, bytes: &[u8]) {
        self.insert(self.end(), bytes);
    }

    fn insert_encoded(&mut self, at: Spot, element: &Encoded<'_>) -> Spot {
        self.write(0, self.len() + 1);
        if at == self.front() && at != self.end() {
            return self.insert_in_front(element);
        }
        let (size, from) = (element.size::<SIZED>(), at.0 as usize);
        let spare = spare(self.0.len() + size);
        element.write::<SIZED>(self.0.splice(from, 0, size, spare));
        at
    }

    fn insert_in_front(&mut self, element: &Encoded<'_>) -> Spot {
        let size = element.size::<SIZED>();
        if self.start() - HEADER < size {
            let gap = size + Self::gap_max(self.bytes());
            self.0.splice(HEADER, self.start() - HEADER, gap, 0);
            self.write(4, HEADER + gap);
        }
        let (begin, end) = (self.start() - size, self.start());
        element.write::<SIZED>(&mut self.0.make_mut()[begin..end]);
        self.write(4, begin);
        Spot(begin as u32)
    }

    /// The gap that is worth its room in front of so many bytes.
    fn gap_max(bytes: usize) -> usize {
        (bytes / 4).min(GAP_MAX)
    }

    /// Replaces the element at a spot; the new one begins there too.
    pub fn replace(&mut self, at: Spot, bytes: &[u8]) {
        let (element, from) = (Encoded::new(bytes), at.0 as usize);
        let old = self.behind(from) - from;
        let spare = if element.size::<SIZED>() > old { spare(self.0.len()) } else { 0 };
        element.write::<SIZED>(self.0.splice(from, old, element.size::<SIZED>(), spare));
    }

    /// Removes up to `count` elements from a spot on; gives where the next one then begins.
    pub fn remove(&mut self, at: Spot, count: usize) -> Spot {
        let from = at.0 as usize;
        let (mut end, mut removed) = (from, 0);
        while removed < count && end < self.0.len() {
            end = self.behind(end);
            removed += 1;
        }
        self.write(0, self.len() - removed);
        if from == self.start() && end - HEADER <= Self::gap_max(self.0.len() - end) {
            self.write(4, end);
            return Spot(end as u32);
        }
        if from == self.start() {
            // The gap goes as well.
            self.0.splice(HEADER, end - HEADER, 0, 0);
            self.write(4, HEADER);
            return Spot(HEADER as u32);
        }
        self.0.splice(from, end - from, 0, 0);
        at
    }

    /// Takes the elements from a spot on away, into a block of their own.
    pub fn split_off(&mut self, at: Spot) -> Packed<SIZED> {
        let (count, from) = (Iter::between(self, at, self.end()).count(), at.0 as usize);
        let tail = Self::of(&self.0[from..], count);
        let rest = self.0.len() - from;
        self.write(0, self.len() - count);
        self.0.splice(from, rest, 0, 0);
        tail
    }

    /// Puts the elements of another block behind all.
    pub fn append(&mut self, other: &Packed<SIZED>) {
        let bytes = &other.0[other.start()..];
        self.write(0, self.len() + other.len());
        let end = self.0.len();
        self.0.splice(end, 0, bytes.len(), 0).copy_from_slice(bytes);
    }

    fn of(elements: &[u8], len: usize) -> Packed<SIZED> {
        let mut packed = Packed(Blob::with_capacity(HEADER + elements.len()));
        packed.0.extend(&(len as u32).to_le_bytes());
        packed.0.extend(&(HEADER as u32).to_le_bytes());
        packed.0.extend(elements);
        packed
    }

    #[inline]
    fn start(&self) -> usize {
        self.word(4)
    }

    #[inline]
    fn word(&self, at: usize) -> usize {
        let bytes = self.0[at..at + 4].try_into().expect("four bytes of the header");
        u32::from_le_bytes(bytes) as usize
    }

    fn write(&mut self, at: usize, value: usize) {
        let value = u32::try_from(value).expect("a block stays far below 4 GiB");
        self.0.make_mut()[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
}

/// Room beyond what is needed, in a block that has just grown: what is small fits exactly.
fn spare(size: usize) -> usize {
    if size <= 512 { 0 } else { (size / 8).min(2 << 10) }
}

impl<const SIZED: bool> PartialEq for Packed<SIZED> {
    fn eq(&self, other: &Packed<SIZED>) -> bool {
        self.0[self.start()..] == other.0[other.start()..]
    }
}

impl<const SIZED: bool> fmt::Debug for Packed<SIZED> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
