//! A value with several owners, and nothing but their count in front of it.
//!
//! Trees that are taken as a snapshot share their nodes; who changes one copies the nodes that
//! somebody else holds too. `Arc` would serve, but keeps a second count that nobody here needs,
//! and testing for a single owner writes to it: here that is one load.
//!
//! # Layout
//!
//! ```text
//! +----------+------------------ - - -
//! | refs u32 | the value
//! +----------+------------------ - - -
//! ```
//!
//! # Invariants
//!
//! 1. `refs` is the number of `Shared` that point here; the value lives while there is one.
//! 2. The value changes only through `&mut Shared` while `refs` is 1.

use std::fmt;
use std::ops::Deref;
use std::ptr::NonNull;

use crate::sync::{BlobCount as AtomicU32, Ordering, fence};

/// A counted pointer to a value.
pub struct Shared<T>(NonNull<Counted<T>>);

struct Counted<T> {
    refs: AtomicU32,
    value: T,
}

// SAFETY: the count is atomic; owners in several threads see the value at once (hence `Sync`), and
// any of them may drop it (hence `Send`).
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: as above; from `&Shared` anybody can make a `Shared`.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// A value with one owner.
    pub fn new(value: T) -> Shared<T> {
        let counted = Box::new(Counted { refs: AtomicU32::new(1), value });
        // SAFETY: a box is never null.
        Shared(unsafe { NonNull::new_unchecked(Box::into_raw(counted)) })
    }

    /// Whether nobody else owns the value.
    #[inline]
    pub fn is_unique(&self) -> bool {
        self.counted().refs.load(Ordering::Acquire) == 1
    }

    /// The value for changing, unless somebody else owns it too.
    #[inline]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        if !self.is_unique() {
            return None;
        }
        // SAFETY: nobody else owns the value, and nobody can while `self` is borrowed for changing;
        // the load of the count saw what former owners did.
        Some(unsafe { &mut self.0.as_mut().value })
    }

    /// The value for changing; a copy of it, if somebody else owns it too.
    #[inline]
    pub fn get_mut_or_copy(&mut self) -> &mut T
    where
        T: Clone,
    {
        if !self.is_unique() {
            *self = Shared::new((**self).clone());
        }
        // SAFETY: as in `get_mut`; a copy has no other owner.
        unsafe { &mut self.0.as_mut().value }
    }

    #[inline]
    fn counted(&self) -> &Counted<T> {
        // SAFETY: the value lives while this owner does (invariant 1).
        unsafe { self.0.as_ref() }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.counted().value
    }
}

impl<T> Clone for Shared<T> {
    #[inline]
    fn clone(&self) -> Shared<T> {
        let before = self.counted().refs.fetch_add(1, Ordering::Relaxed);
        assert!(before < u32::MAX / 2, "too many owners of one value");
        Shared(self.0)
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        if self.counted().refs.fetch_sub(1, Ordering::Release) == 1 {
            fence(Ordering::Acquire);
            // SAFETY: this was the last owner; the pointer came from a box, in `new`.
            drop(unsafe { Box::from_raw(self.0.as_ptr()) });
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
