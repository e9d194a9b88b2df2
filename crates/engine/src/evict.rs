//! Making room when memory is full: the policies of `maxmemory-policy`.
//!
//! Before a command takes its locks, keys are removed until memory is below the limit. Keys are
//! found by sampling: a few entries of a random shard go into a small pool of the best candidates
//! seen so far, and the best of the pool is removed. The pool makes few samples nearly as good as
//! a true order of all keys, which would cost memory in every entry.

use structures::{EntryRef, Table};
use types::Value;
use types::access::{lfu_counter, lru_idle_seconds};

use crate::config::MaxmemoryPolicy as Policy;
use crate::engine::Alert;
use crate::keyspace::event::EVICTED;
use crate::keyspace::mark::lfu_settings;
use crate::worker::Worker;

/// Candidates that are remembered.
const POOL: usize = 16;
/// Removals before the command runs all the same; the next one goes on.
const REMOVALS: usize = 256;
/// Picks in a row that find nothing to remove before memory counts as full.
const FAILURES: usize = 256;

/// The best candidates so far.
pub(crate) struct Pool {
    /// Ascending by score.
    candidates: Vec<Candidate>,
    state: u64,
}

struct Candidate {
    score: u64,
    db: u32,
    key: Box<[u8]>,
}

impl Pool {
    pub(crate) fn new(seed: u64) -> Pool {
        Pool { candidates: Vec::new(), state: seed }
    }

    /// A number for choosing shards and slots (splitmix64).
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    fn add(&mut self, score: u64, db: u32, key: &[u8]) {
        let full = self.candidates.len() >= POOL;
        if full && self.candidates.first().is_some_and(|worst| worst.score >= score)
            || self.candidates.iter().any(|other| other.db == db && &*other.key == key)
        {
            return;
        }
        if full {
            self.candidates.remove(0);
        }
        let at = self.candidates.partition_point(|other| other.score <= score);
        self.candidates.insert(at, Candidate { score, db, key: key.into() });
    }
}

impl Worker {
    /// Removes keys where memory is above the limit and nobody sends commands: the limit may have
    /// been lowered. Goes on where it is called again. Called without locks.
    pub fn evict_idle(&mut self) {
        let limit = self.config.memory.maxmemory_bytes;
        let is_full = limit != 0 && structures::alloc::used_bytes_about() as u64 > limit;
        if is_full && !self.engine.has_alert(Alert::Paused) {
            self.make_room();
        }
    }

    /// Removes keys until memory is below the limit; false where it cannot. Called without locks.
    pub(crate) fn make_room(&mut self) -> bool {
        let limit = self.config.memory.maxmemory_bytes;
        let (mut removals, mut failures) = (0, 0);
        structures::alloc::fold();
        while structures::alloc::used_bytes() as u64 > limit {
            // What is still being freed counts as freed: nobody is refused or evicted for it.
            if self.dispose(&mut || false) {
                continue;
            }
            if self.engine.total(|counters| counters.pending_frees.value()) > 0 {
                return true;
            }
            if self.config.memory.maxmemory_policy == Policy::NoEviction || failures == FAILURES {
                return false;
            }
            if removals == REMOVALS {
                return true;
            }
            if self.evict_one() {
                removals += 1;
                failures = 0;
            } else {
                failures += 1;
            }
        }
        true
    }

    fn evict_one(&mut self) -> bool {
        self.sample();
        let Some(candidate) = self.pool.candidates.pop() else { return false };
        let engine = self.engine.clone();
        let position = engine.shards.position(&candidate.key);
        let index = engine.shards.index(position);
        let Some(mut shard) = engine.shards.lock(index).try_lock_spinning() else { return false };
        let Some(entry) = shard.table(candidate.db).get_mut(position, &candidate.key) else {
            return false;
        };
        if is_volatile(self.config.memory.maxmemory_policy)
            && entry.entry().expire_at_ms().is_none()
        {
            return false;
        }
        let entry = entry.remove();
        self.begin_removals();
        let lazy = self.config.memory.lazyfree_lazy_eviction;
        self.note_removal(&mut shard, (candidate.db, entry), EVICTED, lazy);
        self.end_removals(&mut shard);
        drop(shard);
        self.counters().evicted.add(1);
        self.free_garbage();
        true
    }

    /// Looks at a few entries of the first shard, from a random one on, that has any.
    fn sample(&mut self) {
        let first = self.pool.random() as usize;
        let count = self.engine.shards.len();
        let mut indices = (0..count).map(|i| (first % count + i) % count);
        indices.any(|index| self.sample_shard(index));
    }

    fn sample_shard(&mut self, index: usize) -> bool {
        let (engine, random) = (self.engine.clone(), self.pool.random());
        let Some(shard) = engine.shards.lock(index).try_lock() else { return false };
        let policy = self.config.memory.maxmemory_policy;
        let used = |table: &&(usize, &Table<Value>)| match is_volatile(policy) {
            true => table.1.expiring() > 0,
            false => !table.1.is_empty(),
        };
        let tables: Vec<_> = shard.tables().iter().enumerate().collect();
        let tables: Vec<_> = tables.iter().filter(used).collect();
        let Some((db, table)) = tables.get((random >> 32) as usize % tables.len().max(1)) else {
            return false;
        };
        for _ in 0..self.config.memory.maxmemory_samples.max(1) {
            let random = self.pool.random();
            let entry = match is_volatile(policy) {
                true => table.random_expiring(random),
                false => table.random(random),
            };
            let Some(entry) = entry else { return false };
            if let Some(score) = self.score(policy, entry) {
                self.pool.add(score, *db as u32, entry.key());
            }
        }
        true
    }

    /// How much an entry deserves to go; `None` where the policy spares it.
    fn score(&mut self, policy: Policy, entry: EntryRef<'_, Value>) -> Option<u64> {
        let idle = || u64::from(lru_idle_seconds(entry.access(), self.now_ms));
        let rare = || {
            let counter = lfu_counter(entry.access(), self.now_ms, lfu_settings(&self.config));
            u64::from(u8::MAX - counter)
        };
        let deadline = entry.expire_at_ms();
        if is_volatile(policy) && deadline.is_none() {
            return None;
        }
        Some(match policy {
            Policy::NoEviction => return None,
            Policy::AllkeysLru | Policy::VolatileLru => idle(),
            Policy::AllkeysLfu | Policy::VolatileLfu => rare(),
            Policy::AllkeysRandom | Policy::VolatileRandom => self.pool.random(),
            Policy::VolatileTtl => u64::MAX - deadline.unwrap_or(u64::MAX),
        })
    }
}

fn is_volatile(policy: Policy) -> bool {
    match policy {
        Policy::VolatileLru
        | Policy::VolatileLfu
        | Policy::VolatileRandom
        | Policy::VolatileTtl => true,
        Policy::AllkeysLru | Policy::AllkeysLfu | Policy::AllkeysRandom | Policy::NoEviction => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_keeps_the_best_candidates_in_order() {
        let mut pool = Pool::new(1);
        for score in 0..100u64 {
            let score = score * 37 % 100;
            pool.add(score, 0, score.to_string().as_bytes());
            pool.add(score, 0, score.to_string().as_bytes());
        }
        let scores: Vec<u64> = pool.candidates.iter().map(|candidate| candidate.score).collect();
        assert_eq!(scores, (84..100).collect::<Vec<_>>());
    }
}
