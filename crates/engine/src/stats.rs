//! Counters for `INFO`: each worker counts for itself, and who asks adds them up.
//!
//! A counter has one writer, so adding to it is a load and a store, not a locked instruction.

use std::sync::atomic::{AtomicU64, Ordering};

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
#[derive(Debug, Default)]
#[repr(align(128))]
pub struct Counters {
    /// Commands that were run.
    pub commands: Counter,
    /// Keys that reads found.
    pub hits: Counter,
    /// Keys that reads did not find.
    pub misses: Counter,
    /// Keys removed because they expired.
    pub expired: Counter,
    /// Keys removed to make room.
    pub evicted: Counter,
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

impl Counters {
    /// All counters that `CONFIG RESETSTAT` sets to zero.
    pub fn reset(&self) {
        let Counters { commands, hits, misses, expired, evicted, connections, rejected, .. } = self;
        let Counters { bytes_in, bytes_out, errors, turns, reads, writes, parked, .. } = self;
        let Counters { output_limit_closes, query_limit_closes, auth_failures, .. } = self;
        let first =
            [commands, hits, misses, expired, evicted, connections, rejected, bytes_in, bytes_out];
        let second = [errors, turns, reads, writes, parked, output_limit_closes];
        let third = [query_limit_closes, auth_failures];
        first.iter().chain(&second).chain(&third).for_each(|counter| counter.set(0));
    }
}
