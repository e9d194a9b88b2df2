//! Values whose parts have deadlines of their own, as the fields of a hash may.
//!
//! The table asks a value when its next part is due wherever the value enters, leaves or may have
//! changed, and schedules it together with the keys. A list of such values beside the table would
//! have to follow every rename, copy, swap and flush; here nobody can forget to.

use crate::entry::Raw;

/// A value whose parts may have deadlines.
pub trait Perishable {
    /// When the next part is due, in milliseconds since 1970.
    fn next_due_ms(&self) -> Option<u64> {
        None
    }
}

impl<V: Perishable> Raw<V> {
    /// When the next part of the value is due.
    #[inline]
    pub(super) fn parts_due(self) -> Option<u64> {
        self.object().and_then(V::next_due_ms)
    }
}
