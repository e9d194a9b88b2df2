//! How many tables hold a block: the count in front of each segment.
//!
//! A writer asks with one load whether it is the only owner, so that a table that nobody cloned
//! pays no atomic addition. There is no weak count, which is what an `Arc` would ask about with
//! an exchange.
//!
//! # Invariants
//!
//! 1. Only an owner calls these; the count is never 0 while one is left.
//! 2. Who releases last sees what all others did before they released.

use crate::sync::{BlobCount, Ordering, fence};

/// A count of owners, at first one.
pub(super) struct Count(BlobCount);

impl Count {
    pub(super) fn one() -> Count {
        Count(BlobCount::new(1))
    }

    /// One owner more.
    pub(super) fn share(&self) {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        assert!(before < u32::MAX / 2, "too many owners of one block");
    }

    /// Whether the owner that asks is the only one; what others did is seen then.
    #[inline]
    pub(super) fn is_one(&self) -> bool {
        let one = self.0.load(Ordering::Relaxed) == 1;
        if one {
            fence(Ordering::Acquire);
        }
        one
    }

    /// One owner less; whether that was the last.
    pub(super) fn release(&self) -> bool {
        let last = self.0.fetch_sub(1, Ordering::Release) == 1;
        if last {
            fence(Ordering::Acquire);
        }
        last
    }
}
