//! Closing the gaps that deletions leave: entries move off sparse pages, so that these go back.
//!
//! The memory of an entry has one owner, a slot of a table, so any entry may move while its shard
//! is held. Each worker walks its own shards, in slices between its other work.
//!
//! ```text
//! wanted (worker 0, by the clock) -> begin -> each worker: part of the walk -> the last: end
//! ```

use std::sync::Arc;

use parking_lot::Mutex;
use structures::Position;
use structures::slab::{self, Evacuation};

use crate::keyspace::shard::Shard;
use crate::worker::Worker;

/// Entries that move while a shard is held: some 5 microseconds.
const MOVES: usize = 64;
/// Free bytes in pages below which nothing is moved.
const WORTH_BYTES: usize = 16 << 20;

/// What all workers know of it.
#[derive(Debug, Default)]
pub struct Compactions(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    generation: u64,
    /// Workers that have not done their part.
    left: usize,
    /// Bytes of gaps when the last one began.
    gaps: usize,
    /// Somebody has asked for the memory: it goes on faster, until nothing is wanted any more.
    hurried: bool,
    evacuation: Option<Arc<Evacuation>>,
}

/// How far one worker is with its part.
#[derive(Default)]
pub(crate) struct Part {
    generation: u64,
    evacuation: Option<Arc<Evacuation>>,
    shard: usize,
    db: usize,
    at: Option<Position>,
}

impl Compactions {
    /// Begins one, if a quarter of the memory of the slabs is gaps and none is under way. Where the
    /// last one achieved nothing, as blocks of collections do not move, it waits for a change.
    pub fn begin_if_wanted(&self, workers: usize) {
        let mut state = self.0.lock();
        let usage = slab::usage();
        let settled = usage.live_bytes + usage.stuck_bytes;
        let gaps = usage.resident_bytes.saturating_sub(settled);
        if state.left > 0 {
            return;
        }
        let changed = gaps.abs_diff(state.gaps) > state.gaps / 16;
        let wanted = changed && gaps >= WORTH_BYTES && gaps >= usage.live_bytes / 3;
        state.evacuation = wanted.then(Evacuation::begin).flatten().map(Arc::new);
        if state.evacuation.is_some() {
            state.generation += 1;
            state.left = workers;
            state.gaps = gaps;
        }
        state.hurried &= state.evacuation.is_some();
    }

    /// Makes this one, and those that follow it at once, take more of the workers' time.
    pub fn hurry(&self) {
        self.0.lock().hurried = true;
    }

    /// Whether somebody waits for the memory.
    pub fn is_hurried(&self) -> bool {
        self.0.lock().hurried
    }

    fn part(&self, generation: u64) -> Option<(u64, Arc<Evacuation>)> {
        let state = self.0.lock();
        let evacuation = state.evacuation.clone().filter(|_| state.generation != generation);
        evacuation.map(|evacuation| (state.generation, evacuation))
    }

    /// One worker has done its part and let go of the evacuation.
    fn part_done(&self) {
        let mut state = self.0.lock();
        state.left -= 1;
        if state.left == 0 {
            state.evacuation = None;
        }
    }
}

impl Worker {
    /// Goes on with this worker's part, if one is to be done, while `go_on` says so. Gives true
    /// where there is more to do.
    pub fn compact(&mut self, go_on: &mut dyn FnMut() -> bool) -> bool {
        let engine = self.engine.clone();
        if self.compaction.evacuation.is_none() {
            let part = engine.compactions.part(self.compaction.generation);
            let Some((generation, evacuation)) = part else { return false };
            let (evacuation, shard) = (Some(evacuation), self.index);
            self.compaction = Part { generation, evacuation, shard, db: 0, at: None };
            slab::tidy_thread();
        }
        while self.compaction.shard < engine.shards.len() {
            let Some(mut shard) = engine.shards.lock(self.compaction.shard).try_lock_spinning()
            else {
                return true;
            };
            if self.compaction.slice(&mut shard, engine.shards.first(self.compaction.shard)) {
                self.compaction.shard += engine.counters.len();
            }
            drop(shard);
            if !go_on() {
                return true;
            }
        }
        self.compaction.evacuation = None;
        engine.compactions.part_done();
        false
    }
}

impl Part {
    /// A slice of one shard; true where the shard is done.
    fn slice(&mut self, shard: &mut Shard, first: Position) -> bool {
        let Some(evacuation) = &self.evacuation else { return true };
        let Some(table) = shard.tables_mut().get_mut(self.db) else {
            self.db = 0;
            return true;
        };
        self.at = table.evacuate(self.at.unwrap_or(first), MOVES, evacuation);
        self.db += usize::from(self.at.is_none());
        false
    }
}
