//! A stretch of the directory: up to `CHUNK_MAX` segments in order of their positions.
//!
//! Chunks are counted like segments, so that a clone of a table copies one reference for each of
//! them and not one for each segment.
//!
//! # Invariants
//!
//! 1. A chunk holds at least one segment; starts ascend; each segment's positions lie between its
//!    start and the next one's.
//! 2. The body changes only while the count is one.

use std::ptr::NonNull;

use super::count::Count;
use super::segment::Segment;

/// The most segments in one chunk.
pub(super) const CHUNK_MAX: usize = 256;

/// A segment and the first position that may lie in it.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) start: u64,
    pub(super) segment: Segment,
}

struct Body {
    count: Count,
    slots: Vec<Slot>,
}

/// A counted stretch of the directory.
pub(super) struct Chunk(NonNull<Body>);

// SAFETY: the count is atomic, and the body changes only while it is one (invariant 2).
unsafe impl Send for Chunk {}
// SAFETY: as above; `&Chunk` gives read access alone.
unsafe impl Sync for Chunk {}

impl Chunk {
    pub(super) fn new(slots: Vec<Slot>) -> Chunk {
        let body = Box::new(Body { count: Count::one(), slots });
        Chunk(NonNull::from(Box::leak(body)))
    }

    #[inline(always)]
    fn body(&self) -> &Body {
        // SAFETY: the body lives as long as its owners.
        unsafe { self.0.as_ref() }
    }

    /// The segments in order.
    #[inline(always)]
    pub(super) fn slots(&self) -> &[Slot] {
        &self.body().slots
    }

    /// Index of the segment for a position that is not before the chunk.
    #[inline(always)]
    pub(super) fn locate(&self, position: u64) -> usize {
        self.slots().partition_point(|slot| slot.start <= position) - 1
    }

    /// Whether nobody else has the chunk.
    #[inline]
    pub(super) fn is_unique(&self) -> bool {
        self.body().count.is_one()
    }

    /// The segments, for changing; they are shared anew if somebody else has the chunk too.
    #[inline]
    pub(super) fn slots_mut(&mut self) -> &mut Vec<Slot> {
        if !self.is_unique() {
            *self = Chunk::new(self.slots().to_vec());
        }
        // SAFETY: as in `body`, and nobody else has the chunk.
        unsafe { &mut self.0.as_mut().slots }
    }

    /// Bytes of the chunk without its segments.
    pub(super) fn allocated(&self) -> usize {
        size_of::<Body>() + self.body().slots.capacity() * size_of::<Slot>()
    }
}

impl Clone for Chunk {
    fn clone(&self) -> Chunk {
        self.body().count.share();
        Chunk(self.0)
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        if self.body().count.release() {
            // SAFETY: that was the last owner, and the body came from a box.
            drop(unsafe { Box::from_raw(self.0.as_ptr()) });
        }
    }
}
