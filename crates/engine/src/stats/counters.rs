//! Counters for `INFO`: each worker counts for itself, and who asks adds them up.
//!
//! A counter has one writer, so adding to it is a load and a store, not a locked instruction. All
//! are statistics: nothing is decided by the order of two of them, so `Relaxed` is enough.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::lookup;
use crate::stats::command_stats::CommandStats;

/// A number that one worker writes and everybody may read.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds to it; only its worker may.
    #[inline]
    pub fn add(&self, n: u64) {
        self.0.store(self.0.load(Ordering::Relaxed).wrapping_add(n), Ordering::Relaxed);
    }

    /// Its value.
    pub fn value(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Sets it.
    pub fn set(&self, n: u64) {
        self.0.store(n, Ordering::Relaxed);
    }
}

/// What one worker counts.
#[derive(Debug)]
#[repr(align(128))]
pub struct Counters {
    /// Number of the command that runs, or ran last.
    pub running: Counter,
    /// Of each command, by its number.
    pub by_command: Box<[CommandStats]>,
    /// Error replies by their code.
    pub error_codes: Mutex<BTreeMap<String, u64>>,
    /// Authentications that ACLs refused, and commands, keys and channels.
    pub denied: [Counter; 4],
    /// Error replies that no code accounts for.
    pub unexpected_errors: Counter,
    /// Commands that were run.
    pub commands: Counter,
    /// Keys that reads found.
    pub hits: Counter,
    /// Keys that reads did not find.
    pub misses: Counter,
    /// Keys removed because they expired.
    pub expired: Counter,
    /// Fields of hashes removed because they expired.
    pub expired_fields: Counter,
    /// Keys removed to make room.
    pub evicted: Counter,
    /// Removed keys and values that are not freed yet.
    pub pending_frees: Counter,
    /// Removed keys and values that were freed bit by bit.
    pub freed: Counter,
    /// Connections accepted.
    pub connections: Counter,
    /// Connections refused because of `maxclients`.
    pub rejected: Counter,
    /// Bytes read from clients.
    pub bytes_in: Counter,
    /// Bytes written to clients.
    pub bytes_out: Counter,
    /// Error replies.
    pub errors: Counter,
    /// Turns of the event loop.
    pub turns: Counter,
    /// Reads from clients' sockets.
    pub reads: Counter,
    /// Writes to clients' sockets.
    pub writes: Counter,
    /// Commands that found a shard busy and were tried again.
    pub parked: Counter,
    /// Clients closed because their output buffer was over its limit.
    pub output_limit_closes: Counter,
    /// Clients closed because their query buffer was over its limit.
    pub query_limit_closes: Counter,
    /// Refused authentications.
    pub auth_failures: Counter,
    /// Changes since the server started.
    pub dirty: Counter,
}

impl Default for Counters {
    fn default() -> Counters {
        let commands = lookup::numbered().len() + 1;
        Counters {
            running: Counter::default(),
            by_command: (0..commands).map(|_| CommandStats::default()).collect(),
            error_codes: Mutex::default(),
            denied: Default::default(),
            unexpected_errors: Counter::default(),
            commands: Counter::default(),
            hits: Counter::default(),
            misses: Counter::default(),
            expired: Counter::default(),
            expired_fields: Counter::default(),
            evicted: Counter::default(),
            pending_frees: Counter::default(),
            freed: Counter::default(),
            connections: Counter::default(),
            rejected: Counter::default(),
            bytes_in: Counter::default(),
            bytes_out: Counter::default(),
            errors: Counter::default(),
            turns: Counter::default(),
            reads: Counter::default(),
            writes: Counter::default(),
            parked: Counter::default(),
            output_limit_closes: Counter::default(),
            query_limit_closes: Counter::default(),
            auth_failures: Counter::default(),
            dirty: Counter::default(),
        }
    }
}

/// Codes that are counted apart; more would be an attack on the memory.
const ERROR_CODES_MAX: usize = 128;

impl Counters {
    /// Counts an error reply under its code.
    #[cold]
    pub fn count_error(&self, text: &str) {
        self.errors.add(1);
        // What scripts reply with may have line ends, which become spaces.
        let code = text.split([' ', '\r', '\n']).next().unwrap_or_default();
        let mut codes = self.error_codes.lock();
        let room = codes.len() < ERROR_CODES_MAX || codes.contains_key(code);
        let code = if room { code } else { "ERRORSTATS_OVERFLOW" };
        *codes.entry(code.to_owned()).or_default() += 1;
    }

    /// All counters that `CONFIG RESETSTAT` sets to zero.
    pub fn reset(&self) {
        let Counters { commands, hits, misses, expired, evicted, connections, rejected, .. } = self;
        let Counters { bytes_in, bytes_out, errors, turns, reads, writes, parked, .. } = self;
        let Counters { output_limit_closes, query_limit_closes, auth_failures, .. } = self;
        let Counters { expired_fields, freed, .. } = self;
        let first =
            [commands, hits, misses, expired, evicted, connections, rejected, bytes_in, bytes_out];
        let second = [errors, turns, reads, writes, parked, output_limit_closes];
        let third = [query_limit_closes, auth_failures, expired_fields, freed];
        first.iter().chain(&second).chain(&third).for_each(|counter| counter.set(0));
        self.denied.iter().chain([&self.unexpected_errors]).for_each(|counter| counter.set(0));
        self.by_command.iter().for_each(CommandStats::reset);
        self.error_codes.lock().clear();
    }
}
