//! What one worker has for itself, and how it runs a command from beginning to end.

use std::sync::Arc;

use crate::config::Config;
use crate::engine::Engine;
use crate::keyspace::disposal::Disposal;
use crate::keyspace::effects::Effects;
use crate::keyspace::mark::AccessMark;
use crate::letter::Outbox;
use crate::random::Random;
use crate::stats::Counters;
use crate::stats::timing::Timing;

/// The engine's part of a worker thread.
pub struct Worker {
    /// Its number.
    pub index: usize,
    /// What all workers share.
    pub engine: Arc<Engine>,
    /// The settings, as of the start of this turn.
    pub config: Arc<Config>,
    config_version: u64,
    /// How uses leave their mark in this turn.
    pub(crate) mark: AccessMark,
    /// The time, as of the start of this turn.
    pub now_ms: u64,
    /// What the current command does; empty between commands.
    pub effects: Effects,
    /// What commands leave for others; emptied by the server.
    pub outbox: Outbox,
    /// When the last command ended.
    pub(crate) timing: Timing,
    /// Picks keys and elements.
    pub random: Random,
    /// How far this worker's part of a snapshot is.
    pub(crate) sweep: crate::sweep::Sweep,
    /// How far this worker's part of a compaction is.
    pub(crate) compaction: crate::compact::Part,
    /// Keys that were found worth evicting.
    pub(crate) pool: crate::evict::Pool,
    /// Waiters whose shard was busy when they were to be taken out.
    pub(crate) leftovers: Vec<(Box<[u8]>, Arc<crate::blocking::Waiter>)>,
    /// Watches whose shard was busy when they were to be taken out.
    pub(crate) leftover_watches: Vec<(u32, Box<[u8]>, crate::watch::WatchFlag)>,
    /// Whether this worker has said that it wants every shard.
    pub(crate) wants_exclusive: bool,
    /// What is freed bit by bit.
    pub(crate) disposal: Disposal,
}

impl Worker {
    /// Worker number `index`.
    pub fn new(index: usize, engine: Arc<Engine>) -> Worker {
        // The version first: a change in between is then seen as one.
        let config_version = engine.config.version();
        let config = engine.config.load();
        let timing = Timing::new(&config, &engine.host);
        let mark = AccessMark::new(&config, engine.started_ms);
        let mut effects = Effects::default();
        effects.notify = config.clients.notify_keyspace_events.bits();
        let seed = rapidhash::v3::rapidhash_v3(engine.run_id.as_bytes()) ^ index as u64;
        Worker {
            timing,
            index,
            config,
            config_version,
            mark,
            now_ms: engine.started_ms,
            effects,
            outbox: Outbox::default(),
            random: Random::new(seed),
            sweep: crate::sweep::Sweep::default(),
            compaction: crate::compact::Part::default(),
            pool: crate::evict::Pool::new(index as u64),
            leftovers: Vec::new(),
            leftover_watches: Vec::new(),
            wants_exclusive: false,
            disposal: Disposal::default(),
            engine,
        }
    }

    /// A turn begins: the time stands still until the next one.
    pub fn begin_turn(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        self.refresh_config();
        self.mark = AccessMark::new(&self.config, now_ms);
    }

    /// Takes over changed settings.
    pub(crate) fn refresh_config(&mut self) {
        let version = self.engine.config.version();
        if version != self.config_version {
            self.config = self.engine.config.load();
            self.config_version = version;
            self.timing.reconfigure(&self.config, &self.engine.host);
            self.mark = AccessMark::new(&self.config, self.now_ms);
            self.effects.notify = self.config.clients.notify_keyspace_events.bits();
        }
    }

    /// Takes back what a command of this worker has announced that wanted every shard.
    pub fn withdraw(&mut self) {
        crate::locking::withdraw(&self.engine, &mut self.wants_exclusive);
    }

    /// What this worker counts.
    pub fn counters(&self) -> &Counters {
        &self.engine.counters[self.index]
    }

    /// Frees what commands removed, when no lock is held; what is large, later.
    pub fn free_garbage(&mut self) {
        let counters = &self.engine.counters[self.index];
        self.disposal.take(&mut self.effects.garbage, counters);
    }

    /// Goes on freeing while `go_on` says so. Gives true where something is left.
    pub fn dispose(&mut self, go_on: &mut dyn FnMut() -> bool) -> bool {
        let returned = std::mem::take(&mut *self.engine.returned.lock());
        self.disposal.take_returned(returned);
        let more = self.disposal.free(go_on);
        self.disposal.tell(&self.engine.counters[self.index]);
        more
    }
}
