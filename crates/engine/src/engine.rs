//! What all workers share. Each part has its own lock or none; there is no lock around the whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::Mutex;
use structures::sync::{AtomicU32, Mutex as CheckedMutex};
use structures::{PositionHasher, ShardLock};
use types::Value;

use crate::blocking::Waiter;
use crate::clients::Clients;
use crate::compact::Compactions;
use crate::config::{Config, ConfigStore};
use crate::host::Host;
use crate::keyspace::shard::Shards;
use crate::log::Log;
use crate::pubsub::PubSub;
use crate::script::Scripts;
use crate::snapshot::Snapshots;
use crate::stats::Counters;
use crate::stats::command_log::CommandLog;
use crate::stats::latency::Latency;
use crate::stats::rates::Rates;

/// How long a client is idle before it gives the memory of its replies back.
pub const REPLY_BUFFER_IDLE_MS: u64 = 5000;

/// What all workers share.
pub struct Engine {
    /// The keys.
    pub shards: Shards,
    /// Every change.
    pub log: Log,
    /// The settings.
    pub config: ConfigStore,
    /// Who is connected.
    pub clients: Clients,
    /// Who listens.
    pub pubsub: PubSub,
    /// Clients that wait for replicas.
    pub replica_waiters: CheckedMutex<Vec<Arc<Waiter>>>,
    /// What each worker counts.
    pub counters: Vec<Counters>,
    /// Workers that want every shard; while it is not 0, nobody else begins a command. It says who
    /// goes first, not who may touch what (the locks do), so it needs no order of its own.
    pub exclusive_wanted: AtomicU32,
    /// Scripts and those who run them.
    pub scripts: Scripts,
    /// Who may run scripts that write.
    pub script_token: ShardLock<()>,
    /// Conditions under which commands are held back, as bits of `Alert`; 0 on the common path.
    pub alerts: AtomicU32,
    /// Snapshots.
    pub snapshots: Snapshots,
    /// Closing the gaps that deletions leave.
    pub compactions: Compactions,
    /// When the server started, in milliseconds since 1970.
    pub started_ms: u64,
    /// Random name of this run.
    pub run_id: String,
    // Numbers for `INFO` and a switch for tests: nothing is decided by the order of two of them.
    /// Changes counted up to the last successful save.
    pub dirty_at_save: AtomicU64,
    /// When the last save succeeded, in milliseconds since 1970.
    pub last_save_ms: AtomicU64,
    /// `CLIENT PAUSE`; its alert changes while this is held, so that the end of one pause cannot
    /// end the next.
    pub pause: CheckedMutex<Pause>,
    /// `RESTORE` takes payloads with any checksum, for tests of broken values.
    pub skip_checksums: AtomicBool,
    /// A client that has been idle for so long gives the memory of its replies back.
    pub reply_buffer_idle_ms: AtomicU64,
    /// Large values that long replies have shown, to be let go of bit by bit.
    pub returned: Mutex<Vec<Value>>,
    /// Clients that monitor, with their workers.
    pub monitors: Mutex<Vec<(usize, u64)>>,
    /// The machine and the process.
    pub host: Host,
    /// Commands that were slow or large.
    pub command_log: CommandLog,
    /// Latency events.
    pub latency: Latency,
    /// How much there was to do lately.
    pub rates: Rates,
    /// The most memory there ever was in use.
    pub peak_bytes: AtomicU64,
    /// Memory in use when the server had started.
    pub startup_bytes: AtomicU64,
    /// `DEBUG CHANGE-REPL-ID`: the name of the data's history, where it is not the run's.
    pub replication_id: Mutex<String>,
    /// `DEBUG SET-ACTIVE-EXPIRE 0`
    pub active_expire_off: AtomicBool,
}

/// The last `CLIENT PAUSE`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pause {
    /// Until when, in milliseconds since 1970.
    pub until_ms: u64,
    /// Writes alone.
    pub writes_only: bool,
}

/// A condition under which commands are held back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Alert {
    /// A script runs for longer than `busy-reply-threshold`.
    ScriptBusy = 1,
    /// `CLIENT PAUSE`
    Paused = 1 << 1,
    /// Somebody monitors.
    Monitored = 1 << 2,
    /// The last snapshot could not be written.
    Unsaved = 1 << 3,
}

/// What an engine is made with.
pub struct Setup {
    /// Number of workers.
    pub workers: usize,
    /// Seed of the positions.
    pub seed: u64,
    /// When the server started, in milliseconds since 1970.
    pub now_ms: u64,
    /// Random name of this run, 40 hex digits.
    pub run_id: String,
}

impl Engine {
    /// An engine with no keys.
    pub fn new(config: Config, setup: Setup) -> Engine {
        let bits = (64 * setup.workers.max(1)).next_power_of_two().trailing_zeros();
        Engine {
            shards: Shards::new(PositionHasher::new(setup.seed), bits),
            log: Log::new(),
            config: ConfigStore::new(config),
            clients: Clients::default(),
            pubsub: PubSub::default(),
            replica_waiters: CheckedMutex::new(Vec::new()),
            counters: (0..setup.workers.max(1)).map(|_| Counters::default()).collect(),
            exclusive_wanted: AtomicU32::new(0),
            scripts: Scripts::new(setup.workers.max(1), setup.seed ^ setup.now_ms),
            script_token: ShardLock::new(()),
            alerts: AtomicU32::new(0),
            snapshots: Snapshots::default(),
            compactions: Compactions::default(),
            started_ms: setup.now_ms,
            replication_id: Mutex::new(setup.run_id.clone()),
            run_id: setup.run_id,
            dirty_at_save: AtomicU64::new(0),
            last_save_ms: AtomicU64::new(setup.now_ms),
            pause: CheckedMutex::default(),
            skip_checksums: AtomicBool::new(false),
            reply_buffer_idle_ms: AtomicU64::new(REPLY_BUFFER_IDLE_MS),
            returned: Mutex::default(),
            monitors: Mutex::default(),
            host: Host::default(),
            command_log: CommandLog::default(),
            latency: Latency::default(),
            rates: Rates::default(),
            peak_bytes: AtomicU64::new(0),
            startup_bytes: AtomicU64::new(structures::alloc::used_bytes() as u64),
            active_expire_off: AtomicBool::new(false),
        }
    }

    /// The engine on this machine.
    #[must_use]
    pub fn on(mut self, host: Host) -> Engine {
        self.host = host;
        self
    }

    /// Microseconds since 1970; `now_ms` is the time of the turn.
    pub fn wall_us(&self, now_ms: u64) -> u64 {
        match (self.host.wall_us)() {
            0 => now_ms * 1000,
            us => us,
        }
    }

    /// Raises or lowers an alert.
    pub fn set_alert(&self, alert: Alert, on: bool) {
        if on {
            self.alerts.fetch_or(alert as u32, Ordering::SeqCst);
        } else {
            self.alerts.fetch_and(!(alert as u32), Ordering::SeqCst);
        }
    }

    /// A snapshot's file is complete, or was given up.
    pub fn end_snapshot(&self, succeeded: bool, now_ms: u64) {
        self.set_alert(Alert::Unsaved, !succeeded);
        self.snapshots.end(succeeded, now_ms);
    }

    /// Whether an alert is raised.
    pub fn has_alert(&self, alert: Alert) -> bool {
        self.alerts.load(Ordering::Relaxed) & alert as u32 != 0
    }

    /// A sum over all workers.
    pub fn total(&self, of: impl Fn(&Counters) -> u64) -> u64 {
        self.counters.iter().map(of).sum()
    }

    /// Changes since the last successful save.
    pub fn dirty(&self) -> u64 {
        let all = self.total(|counters| counters.dirty.value());
        all.saturating_sub(self.dirty_at_save.load(Ordering::Relaxed))
    }
}
