//! Removing keys on time: each worker looks after its own part of the shards.

use crate::keyspace::effects::Garbage;
use crate::keyspace::event::EXPIRED;
use crate::keyspace::shard::Shard;
use crate::worker::Worker;

/// Entries that are looked at while a shard is held.
const SLICE: usize = 256;

impl Worker {
    /// Removes expired keys from this worker's shards while `go_on` says so. Gives true where
    /// there is more to do.
    pub fn expire_cycle(&mut self, go_on: &mut dyn FnMut() -> bool) -> bool {
        let engine = self.engine.clone();
        let disabled = engine.active_expire_off.load(std::sync::atomic::Ordering::Relaxed);
        if disabled || crate::admit::keeps_expired(&engine) {
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
            self.effects.garbage.clear();
            if !go_on() {
                return more || index + workers < engine.shards.len();
            }
        }
        more
    }

    fn expire_table(&mut self, shard: &mut Shard, db: u32) -> bool {
        let engine = self.engine.clone();
        self.effects.logging = engine.log.is_active();
        self.effects.notify = self.config.clients.notify_keyspace_events.bits();
        let mut gone = Vec::new();
        let more = shard.table(db).expire_due(self.now_ms, SLICE, &mut |entry| gone.push(entry));
        let epoch = shard.epoch;
        for entry in gone {
            let key = entry.entry().key();
            if let Some(snapshot) = shard.snapshot.as_mut()
                && entry.entry().epoch() != epoch
            {
                snapshot.hand_over(db, entry.entry());
            }
            if !shard.watched.is_empty() {
                shard.watched.touch_expired(db, key);
            }
            self.effects.note_event(EXPIRED, db, key);
            self.effects.log_removal(db, key, self.config.memory.lazyfree_lazy_expire);
            self.effects.expired += 1;
            self.effects.garbage.push(Garbage::Entry(entry));
        }
        self.counters().expired.add(self.effects.expired);
        if !self.effects.records.is_empty() {
            shard.last_offset = engine.log.append(&self.effects.records, false);
            self.outbox.log_grew = true;
        }
        crate::commit::publish_events(&engine, &mut self.effects, &mut self.outbox);
        self.effects.clear();
        more
    }
}
