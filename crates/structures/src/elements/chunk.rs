//! A stretch of the directory: up to `CHUNK_MAX` segments in order of their positions.
//!
//! Chunks are counted like segments, so that a clone of a table copies one reference for each of
//! them and not one for each segment.
//!
//! # Invariants
//!
//! 1. A chunk holds at least one segment; starts ascend; each segment's positions lie between its
//!    start and the next one's.

use super::segment::Segment;
use crate::shared::Shared;

/// The most segments in one chunk.
pub(super) const CHUNK_MAX: usize = 256;

/// Fewer segments are searched by halves.
const FEW: usize = 32;

/// A segment and the first position that may lie in it.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) start: u64,
    pub(super) segment: Segment,
}

/// A counted stretch of the directory.
#[derive(Clone)]
pub(super) struct Chunk(Shared<Vec<Slot>>);

impl Chunk {
    pub(super) fn new(slots: Vec<Slot>) -> Chunk {
        Chunk(Shared::new(slots))
    }

    /// The segments in order.
    #[inline(always)]
    pub(super) fn slots(&self) -> &[Slot] {
        &self.0
    }

    /// Index of the segment for a position that is not before the chunk.
    #[inline(always)]
    pub(super) fn locate(&self, position: u64) -> usize {
        let slots = self.slots();
        if slots.len() < FEW {
            return slots.partition_point(|slot| slot.start <= position) - 1;
        }
        // Positions are spread evenly, so that a guess lies a few slots off, in a cache line that
        // is read anyway, where a search by halves would read four others before.
        let (first, last) = (slots[0].start, slots[slots.len() - 1].start);
        let share = (position - first) as f64 / (last - first) as f64;
        let mut at = ((share * (slots.len() - 1) as f64) as usize).min(slots.len() - 1);
        while slots[at].start > position {
            at -= 1;
        }
        while slots.get(at + 1).is_some_and(|next| next.start <= position) {
            at += 1;
        }
        at
    }

    /// Whether nobody else has the chunk.
    #[inline]
    pub(super) fn is_unique(&self) -> bool {
        self.0.is_unique()
    }

    /// The segments, for changing; they are shared anew if somebody else has the chunk too.
    #[inline]
    pub(super) fn slots_mut(&mut self) -> &mut Vec<Slot> {
        self.0.get_mut_or_copy()
    }

    /// Bytes of the chunk without its segments.
    pub(super) fn allocated(&self) -> usize {
        size_of::<(u32, Vec<Slot>)>() + self.0.capacity() * size_of::<Slot>()
    }
}
