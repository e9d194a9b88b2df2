//! Changing one entry of a table.
//!
//! # Invariants
//!
//! 1. The table's counts and schedule agree with the entry once this is dropped, whatever was done
//!    to the value through it.

use super::map::Table;
use super::perishable::Perishable;
use super::segment::Place;
use crate::blob::Blob;
use crate::entry::{Detached, EntryRef, OwnedEntry, Put, Raw};

/// Write access to one entry of a table.
pub struct EntryMut<'a, V: Perishable> {
    table: &'a mut Table<V>,
    segment: usize,
    place: Place,
    raw: Raw<V>,
    /// When the next part of the value was due before somebody could change it; `None` while
    /// nobody could.
    due_before: Option<Option<u64>>,
}

impl<'a, V: Perishable> EntryMut<'a, V> {
    #[inline(always)]
    pub(super) fn new(
        table: &'a mut Table<V>,
        segment: usize,
        place: Place,
        raw: Raw<V>,
    ) -> EntryMut<'a, V> {
        EntryMut { table, segment, place, raw, due_before: None }
    }

    /// Read access.
    #[inline]
    pub fn entry(&self) -> EntryRef<'_, V> {
        EntryRef::new(self.raw)
    }

    /// Read access for as long as the table is borrowed.
    #[inline]
    pub fn into_ref(self) -> EntryRef<'a, V> {
        EntryRef::new(self.raw)
    }

    /// Replaces the value and gives the old one; the deadline stays.
    pub fn replace(&mut self, put: Put<'_, V>) -> Detached<V> {
        let objects = self.raw.object().is_some() || matches!(put, Put::Object(_));
        if objects {
            self.note_parts();
        }
        let (raw, old) = self.raw.replace(put);
        self.moved(raw);
        old
    }

    /// Sets or clears the deadline.
    pub fn set_expiry(&mut self, expire_at_ms: Option<u64>) {
        let had = self.raw.deadline().is_some();
        let raw = self.raw.set_deadline(expire_at_ms);
        self.moved(raw);
        self.table.expiring += usize::from(expire_at_ms.is_some());
        self.table.expiring -= usize::from(had);
        if let Some(ms) = expire_at_ms {
            self.table.note_deadline(self.segment, self.place.bucket, ms);
        }
    }

    /// The long string, if the value is one.
    pub fn blob_mut(&mut self) -> Option<&mut Blob> {
        self.raw.blob_mut()
    }

    /// The value, if it is no string.
    #[inline]
    pub fn object_mut(&mut self) -> Option<&mut V> {
        self.note_parts();
        self.raw.object_mut()
    }

    /// Takes the key out.
    pub fn remove(mut self) -> OwnedEntry<V> {
        self.settle();
        self.table.segments[self.segment].take(self.place);
        self.table.forget(self.raw);
        self.table.tidy(self.segment);
        OwnedEntry::new(self.raw)
    }

    fn moved(&mut self, raw: Raw<V>) {
        if raw.at != self.raw.at {
            let bucket = self.table.segments[self.segment].bucket_mut(self.place.bucket);
            bucket.replace(self.place.slot, raw);
            self.raw = raw;
        }
    }

    /// Somebody is about to change the value.
    #[inline]
    fn note_parts(&mut self) {
        if self.due_before.is_none() {
            self.due_before = Some(self.raw.parts_due());
        }
    }

    /// Brings counts and schedule up to date (invariant 1).
    #[inline]
    fn settle(&mut self) {
        let Some(before) = self.due_before.take() else { return };
        let after = self.raw.parts_due();
        if before != after {
            self.reschedule(before, after);
        }
    }

    #[cold]
    fn reschedule(&mut self, before: Option<u64>, after: Option<u64>) {
        self.table.perishing += usize::from(after.is_some());
        self.table.perishing -= usize::from(before.is_some());
        if let Some(ms) = after {
            self.table.note_deadline(self.segment, self.place.bucket, ms);
        }
    }
}

impl<V: Perishable> Drop for EntryMut<'_, V> {
    #[inline]
    fn drop(&mut self) {
        self.settle();
    }
}
