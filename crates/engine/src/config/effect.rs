//! Whether this build acts on a directive, and why not.
//!
//! A server that accepts a directive and does nothing lets its operator believe in a protection
//! that is not there. So each directive says what it does; the server logs at startup those that
//! were set and have no effect, and `docs/compatibility.md` is made from the same notes.
//!
//! # Invariants
//!
//! 1. A note is a sentence that can stand in a log line or a table.

/// Whether a directive is acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It does what its summary says.
    Full,
    /// It is known, checked, stored and shown, but changes nothing, for this reason.
    None(&'static str),
}

use Effect::None;

pub(super) const REPL: Effect = None("Replication is not there yet.");
pub(super) const MPTCP: Effect = None("Multipath TCP is not supported; only `no` is accepted.");
pub(super) const UNUSED_SOCKET: Effect = None("Sockets are not marked yet.");
pub(super) const RDMA: Effect = None("RDMA is not supported.");
pub(super) const THREADS: Effect =
    None("There are no I/O threads: every worker reads, runs and writes; see `workers`.");
pub(super) const PREFETCH: Effect = None("A worker prefetches the keys of what it has read.");
pub(super) const LOGO: Effect = None("There is no banner.");
pub(super) const LOCALE: Effect = None("Texts are always compared byte by byte.");
pub(super) const THP: Effect =
    None("Nothing is forked, so huge pages cost no copies, and long strings ask for them.");
pub(super) const OOM: Effect = None("The out-of-memory killer is given no hints yet.");
pub(super) const CPULIST: Effect = None("Threads are not bound to cores yet.");
pub(super) const WARNINGS: Effect = None("No warning stops the server.");
pub(super) const HZ: Effect = None("Background work is started by timers of its own.");
pub(super) const REHASH: Effect = None("Tables grow in small pieces and are never rehashed.");
pub(super) const JEMALLOC: Effect =
    None("The allocator's background thread is not controlled yet.");
pub(super) const CRASH: Effect = None("The memory is not tested after a crash.");
pub(super) const DEBUG: Effect = None("Invariants are always checked.");
pub(super) const WATCHDOG: Effect = None("There is no watchdog yet.");
pub(super) const IMPORT: Effect = None("There is no import mode yet.");
pub(super) const TENACITY: Effect =
    None("A command evicts up to 256 keys, and the next one goes on.");
pub(super) const EXPIRE: Effect = None("Expired keys are found by an index, without a search.");
pub(super) const LAZY: Effect = None("Large values are always freed outside of the locks.");
pub(super) const DEFRAG: Effect = None("Active defragmentation is not supported.");
pub(super) const DELAY: Effect = None("Saving and loading are not slowed down yet.");
pub(super) const LOADING: Effect = None("Clients are served by other threads during a load.");
pub(super) const AOF: Effect = None("The append-only file is not there yet.");
pub(super) const LISTCOMPRESS: Effect = None("List nodes are not compressed yet.");
pub(super) const CLIENTEVICT: Effect = None("Clients are not evicted yet.");
pub(super) const TRACKING: Effect = None("Client side caching is not there yet.");
pub(super) const LOGFORMAT: Effect = None("The log has only its legacy layout yet.");
pub(super) const MODULES: Effect = None("Modules cannot be loaded.");
pub(super) const LUA: Effect = None("The unsafe Lua functions are not offered.");
pub(super) const CLUSTER: Effect = None("Cluster mode is not there yet.");
pub(super) const TLS: Effect = None("Encrypted connections are not there yet.");
