//! Taking a snapshot: each worker walks its own shards in slices, between its other work, and
//! turns unsaved entries into bytes of an RDB file.
//!
//! The sweep that lost is a thread of its own: on a busy machine it is put to sleep while it holds
//! a shard, and everybody waits for it.

use std::collections::VecDeque;
use std::sync::atomic::Ordering;

use structures::{Position, Table};
use types::Value;

use crate::keyspace::effects::Garbage;
use crate::keyspace::shard::Shard;
use crate::snapshot::{SavedPart, ShardSnapshot};
use crate::worker::Worker;

/// Homes that are visited while a shard is held: about a thousand entries.
const HOMES: usize = 150;
/// Bytes of output after which a shard is let go.
const SLICE_BYTES: usize = 64 << 10;

/// How far a worker is with its part of a snapshot.
#[derive(Default)]
pub(crate) struct Sweep {
    generation: u64,
    active: bool,
    shard: usize,
    db: usize,
    at: Option<Position>,
    /// Tables that left the keyspace with unsaved entries.
    detached: VecDeque<(u32, Table<Value>)>,
    /// The epoch bit of saved entries in them.
    detached_epoch: bool,
}

/// What a slice of sweeping came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// There is no snapshot, or this worker's part is done.
    Idle,
    /// There is more to do.
    More,
    /// This was the last of this worker's part.
    Done,
    /// As `Done`, and no other worker has anything left.
    DoneLast,
}

impl Worker {
    /// Whether this worker has a part of a snapshot to do.
    pub fn has_to_sweep(&mut self) -> bool {
        let generation = self.engine.snapshots.generation.load(Ordering::Acquire);
        if generation != self.sweep.generation {
            let shard = self.index;
            self.sweep = Sweep { generation, active: true, shard, ..Sweep::default() };
        }
        self.sweep.active
    }

    /// Adds to the next part of the snapshot, while `go_on` says so.
    pub fn sweep(&mut self, out: &mut SavedPart, go_on: &mut dyn FnMut() -> bool) -> Progress {
        if !self.has_to_sweep() {
            return Progress::Idle;
        }
        let engine = self.engine.clone();
        out.format = engine.snapshots.format();
        loop {
            if let Some((db, table)) = self.sweep.detached.pop_front() {
                // Nobody else knows this table, so no lock is held.
                self.sweep.save_detached(out, db, &table);
                self.effects.garbage.push(Garbage::Table(table));
                self.free_garbage();
                continue;
            }
            if self.sweep.shard >= engine.shards.len() {
                break;
            }
            let Some(mut shard) = engine.shards.lock(self.sweep.shard).try_lock_spinning() else {
                return Progress::More;
            };
            let first = engine.shards.first(self.sweep.shard);
            if self.sweep.shard(&mut shard, first, out) {
                self.sweep.shard += engine.counters.len();
            }
            drop(shard);
            if !go_on() {
                return Progress::More;
            }
        }
        self.sweep.active = false;
        if engine.snapshots.worker_done() { Progress::DoneLast } else { Progress::Done }
    }
}

impl Sweep {
    /// A slice of one shard; true where the shard is done.
    fn shard(&mut self, shard: &mut Shard, first: Position, out: &mut SavedPart) -> bool {
        let epoch = shard.epoch;
        let Some(mut snapshot) = shard.snapshot.take() else { return true };
        let handed_over = std::mem::take(&mut snapshot.handed_over);
        handed_over.into_iter().for_each(|entry| out.add_saved(entry));
        let mut homes = 0;
        let limit = out.bytes.len() + SLICE_BYTES;
        while self.db < shard.tables().len() && homes < HOMES && out.bytes.len() < limit {
            let from = self.at.unwrap_or(first);
            self.at = self.save_home(&snapshot, &shard.tables()[self.db], (from, epoch), out);
            homes += 1;
            if self.at.is_none() {
                self.db += 1;
            }
        }
        let swept = self.db >= shard.tables().len();
        if swept && std::mem::take(&mut snapshot.swapped) {
            self.db = 0;
            shard.snapshot = Some(snapshot);
            return false;
        }
        if !swept {
            shard.snapshot = Some(snapshot);
            return false;
        }
        self.db = 0;
        self.detached_epoch = epoch;
        if !snapshot.aborted {
            self.detached.extend(snapshot.detached);
        }
        true
    }

    /// Saves the unsaved entries of one home bucket and marks them; gives where to go on.
    fn save_home(
        &mut self,
        snapshot: &ShardSnapshot,
        table: &Table<Value>,
        (from, epoch): (Position, bool),
        out: &mut SavedPart,
    ) -> Option<Position> {
        let db = snapshot.database(self.db as u32);
        table.scan(from, &mut |entry| {
            if entry.epoch() == epoch {
                return;
            }
            entry.set_epoch(epoch);
            if !snapshot.aborted {
                out.add(db, entry);
            }
        })
    }

    fn save_detached(&mut self, out: &mut SavedPart, db: u32, table: &Table<Value>) {
        let epoch = self.detached_epoch;
        let unsaved = table.iter().filter(|entry| entry.epoch() != epoch);
        unsaved.for_each(|entry| out.add(db, entry));
    }
}
