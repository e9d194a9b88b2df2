//! An entry outside any table.
//!
//! # Invariants
//!
//! 1. It is the only handle to its allocation: a table gives the entry up when it makes one.

use std::fmt;
use std::mem::ManuallyDrop;

use super::{Detached, EntryRef, Raw};

/// An entry that left its table; dropping it frees the key and the value.
pub struct OwnedEntry<V>(Raw<V>);

// SAFETY: an owned entry is the only handle to its allocation (invariant 1).
unsafe impl<V: Send> Send for OwnedEntry<V> {}

impl<V> OwnedEntry<V> {
    pub(crate) fn new(raw: Raw<V>) -> OwnedEntry<V> {
        OwnedEntry(raw)
    }

    /// Read access.
    pub fn entry(&self) -> EntryRef<'_, V> {
        EntryRef::new(self.0)
    }

    /// Frees the key and gives the value.
    pub fn into_value(self) -> Detached<V> {
        ManuallyDrop::new(self).0.free()
    }
}

impl<V> Drop for OwnedEntry<V> {
    fn drop(&mut self) {
        drop(self.0.free());
    }
}

impl<V> fmt::Debug for OwnedEntry<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnedEntry({:?})", self.entry().key())
    }
}
