//! Removing keys, and fields of hashes, on time: each worker looks after its own part of the
//! shards.

use structures::OwnedEntry;
use types::Value;

use crate::keyspace::effects::Garbage;
use crate::keyspace::event::{EXPIRED, Event};
use crate::keyspace::fields;
use crate::keyspace::shard::Shard;
use crate::worker::Worker;

/// Entries that are looked at while a shard is held.
const SLICE: usize = 256;

impl Worker {
    /// Removes expired keys and fields from this worker's shards while `go_on` says so. Gives true
    /// where there is more to do.
    pub fn expire_cycle(&mut self, go_on: &mut dyn FnMut() -> bool) -> bool {
        let engine = self.engine.clone();
        let disabled = engine.active_expire_off.load(std::sync::atomic::Ordering::Relaxed);
        let imports = self.config.general.import_mode;
        if disabled || imports || crate::admit::keeps_expired(&engine) {
            return false;
        }
        let workers = engine.counters.len();
        let mut more = false;
        for index in (self.index..engine.shards.len()).step_by(workers) {
            let Some(mut shard) = engine.shards.lock(index).try_lock() else { continue };
            for db in 0..shard.tables().len() {
                let due = shard.tables()[db].next_due_ms().is_some_and(|ms| ms <= self.now_ms);
                if due {
                    more |= self.expire_table(&mut shard, db as u32);
                }
            }
            drop(shard);
            self.free_garbage();
            if !go_on() {
                return more || index + workers < engine.shards.len();
            }
        }
        more
    }

    fn expire_table(&mut self, shard: &mut Shard, db: u32) -> bool {
        self.begin_removals();
        let bounds = (self.now_ms, SLICE);
        let reaped = fields::reap(shard.parts(db), db, &mut self.effects, bounds);
        let lazy = self.config.memory.lazyfree_lazy_expire;
        self.counters().expired.add(reaped.keys.len() as u64);
        self.counters().expired_fields.add(reaped.fields);
        for entry in reaped.keys {
            self.note_removal(shard, (db, entry), EXPIRED, lazy);
        }
        self.end_removals(shard);
        reaped.more
    }

    /// Prepares for removals that no command asked for.
    pub(crate) fn begin_removals(&mut self) {
        self.effects.logging = self.engine.log.is_active();
    }

    /// Tells everybody who must know of an entry that has just left its table.
    pub(crate) fn note_removal(
        &mut self,
        shard: &mut Shard,
        (db, entry): (u32, OwnedEntry<Value>),
        event: Event,
        lazy: bool,
    ) {
        let key = entry.entry().key();
        if let Some(snapshot) = shard.snapshot.as_mut()
            && entry.entry().epoch() != shard.epoch
        {
            snapshot.hand_over(db, entry.entry());
        }
        if !shard.watched.is_empty() {
            shard.watched.touch(db, key);
        }
        if !shard.waiting.is_empty() {
            crate::serve::tell_of_removal(shard, (db, key), &mut self.outbox);
        }
        self.effects.note_event(event, db, key);
        self.effects.log_removal(db, key, lazy);
        self.effects.garbage.push(Garbage::Entry(entry));
    }

    /// Logs and publishes the removals, while their shard is still held.
    pub(crate) fn end_removals(&mut self, shard: &mut Shard) {
        if !self.effects.records.is_empty() {
            shard.last_offset = self.engine.log.append(&self.effects.records, false);
            self.outbox.log_grew = true;
        }
        crate::commit::publish_events(&self.engine, &mut self.effects, &mut self.outbox);
        if self.effects.logging {
            self.outbox.depend_on(shard.last_offset);
        }
        self.effects.clear();
    }
}
