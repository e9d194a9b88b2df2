//! A list of pages that are linked through their heads.
//!
//! # Invariants
//!
//! 1. The pages of a list live, and are in no other list; whoever changes it holds their lock.

use std::ptr::NonNull;

/// The pages before and behind one.
pub(super) struct Neighbours<T>([Option<NonNull<T>>; 2]);

impl<T> Neighbours<T> {
    pub(super) const NONE: Neighbours<T> = Neighbours([None; 2]);
}

/// What can be in a list.
///
/// # Safety
///
/// Each value has neighbours of its own.
pub(super) unsafe trait Linked: Sized {
    fn neighbours(&mut self) -> &mut Neighbours<Self>;
}

/// The first page.
pub(super) struct List<T>(Option<NonNull<T>>);

impl<T: Linked> List<T> {
    pub(super) const EMPTY: List<T> = List(None);

    pub(super) fn first(&self) -> Option<NonNull<T>> {
        self.0
    }

    /// The page behind one in its list.
    pub(super) fn behind(mut page: NonNull<T>) -> Option<NonNull<T>> {
        // SAFETY: the page lives (invariant 1).
        unsafe { page.as_mut() }.neighbours().0[1]
    }

    pub(super) fn link(&mut self, mut page: NonNull<T>) {
        let next = self.0.replace(page);
        // SAFETY: the page lives (invariant 1).
        unsafe { page.as_mut() }.neighbours().0 = [None, next];
        if let Some(mut next) = next {
            // SAFETY: as above.
            unsafe { next.as_mut() }.neighbours().0[0] = Some(page);
        }
    }

    pub(super) fn unlink(&mut self, mut page: NonNull<T>) {
        // SAFETY: the page lives (invariant 1).
        let [before, behind] = unsafe { page.as_mut() }.neighbours().0;
        match before {
            // SAFETY: as above.
            Some(mut before) => unsafe { before.as_mut() }.neighbours().0[1] = behind,
            None => self.0 = behind,
        }
        if let Some(mut behind) = behind {
            // SAFETY: as above.
            unsafe { behind.as_mut() }.neighbours().0[0] = before;
        }
    }
}
