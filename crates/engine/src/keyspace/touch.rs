//! What must happen around every change of a key. Each handle that changes one goes through here,
//! so that no command can forget a part of it.

use structures::entry::EntryRef;
use types::Value;

use super::effects::Effects;
use super::event::{EXPIRED, Event};
use super::shard::ShardParts;
use crate::blocking::WaitTable;
use crate::snapshot::ShardSnapshot;
use crate::watch::WatchTable;

/// The bystanders of a change.
pub struct Touch<'k> {
    watched: &'k mut WatchTable,
    waiting: &'k WaitTable,
    snapshot: &'k mut Option<Box<ShardSnapshot>>,
    epoch: bool,
    db: u32,
    pub(super) effects: &'k mut Effects,
}

impl<'k> Touch<'k> {
    /// Splits a shard's parts into the table and those who watch it.
    #[inline]
    pub(super) fn split(
        parts: ShardParts<'k>,
        db: u32,
        effects: &'k mut Effects,
    ) -> (&'k mut structures::Table<Value>, Touch<'k>) {
        let ShardParts { table, watched, waiting, snapshot, epoch } = parts;
        (table, Touch { watched, waiting, snapshot, epoch, db, effects })
    }

    /// Before an entry changes or goes: a snapshot that still needs it gets it.
    #[inline]
    pub(super) fn before(&mut self, entry: EntryRef<'_, Value>) {
        if let Some(snapshot) = self.snapshot.as_mut()
            && entry.epoch() != self.epoch
        {
            snapshot.hand_over(self.db, entry);
            entry.set_epoch(self.epoch);
        }
    }

    /// After a key changed: counts it, tells watchers, notes the event and serves who waits.
    #[inline]
    pub(super) fn after(&mut self, key: &[u8], event: Event) {
        self.effects.dirty += 1;
        self.note(key, event);
        self.wake(key);
    }

    /// Serves who waits for a key.
    #[inline]
    pub(super) fn wake(&mut self, key: &[u8]) {
        if !self.waiting.is_empty() && self.waiting.awaits(self.db, key) {
            self.effects.ready.push((self.db, key.to_vec()));
        }
    }

    /// Tells watchers and notes the event of a change that is counted elsewhere.
    #[inline]
    pub(super) fn note(&mut self, key: &[u8], event: Event) {
        if !self.watched.is_empty() {
            if event == EXPIRED {
                self.watched.touch_expired(self.db, key);
            } else {
                self.watched.touch(self.db, key);
            }
        }
        self.effects.note_event(event, self.db, key);
    }
}
