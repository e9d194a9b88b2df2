//! Emptying pages that deletions have left sparse.
//!
//! The slabs do not know who owns a block, so they move nothing: they set pages aside and say
//! which, and the owners, who find their blocks anyway, move them elsewhere.

use std::collections::HashSet;
use std::ptr::NonNull;

use super::page::PAGE_BYTES;
use super::{class, runs};

/// Sparse pages of one kind that are worth the moving.
pub(super) const WORTH_MOVING: usize = 8;

/// Which blocks should move so that their pages become free; at its end the pages that are left
/// are used again. One at a time.
#[derive(Debug)]
pub struct Evacuation(HashSet<usize>);

impl Evacuation {
    /// Sets sparse pages aside; `None` where there are not enough.
    pub fn begin() -> Option<Evacuation> {
        let mut pages = HashSet::new();
        class::set_aside(&mut pages);
        runs::set_aside(&mut pages);
        (!pages.is_empty()).then_some(Evacuation(pages))
    }

    /// Whether the block at this address should move.
    #[inline]
    pub(crate) fn contains<T>(&self, at: NonNull<T>) -> bool {
        self.0.contains(&number_of(at))
    }
}

impl Drop for Evacuation {
    fn drop(&mut self) {
        class::take_back();
        runs::take_back();
    }
}

/// The number of the page in which an address lies.
pub(super) fn number_of<T>(at: NonNull<T>) -> usize {
    at.as_ptr().addr() / PAGE_BYTES
}
