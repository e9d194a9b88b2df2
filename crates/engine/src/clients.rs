//! What everybody may know of every client: the registry behind `CLIENT LIST` and `CLIENT KILL`.
//!
//! A client's own worker writes these facts with plain stores; whoever lists clients reads them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use parking_lot::Mutex;

use crate::blocking::Waiter;
use crate::stats::Counter;

/// Facts about one client.
#[derive(Debug, Default)]
pub struct ClientInfo {
    /// Its number, never used twice.
    pub id: u64,
    /// The worker that owns it.
    pub worker: usize,
    /// Peer address, `ip:port`, or the socket's path and `:0`.
    pub address: String,
    /// Own address.
    pub local_address: String,
    /// Whether it came over a unix socket.
    pub unix: bool,
    /// File descriptor.
    pub fd: i64,
    /// When it connected, in milliseconds since 1970.
    pub created_ms: u64,
    /// When it last sent something, in milliseconds since 1970.
    pub active_ms: Counter,
    /// Database.
    pub db: Counter,
    /// Index of the last command in the table, plus 1.
    pub last_command: Counter,
    /// RESP version.
    pub protocol: Counter,
    /// Channels, patterns and shard channels that it subscribed to.
    pub subscriptions: [Counter; 3],
    /// Commands queued by `MULTI`, plus 1; 0 outside.
    pub queued: Counter,
    /// Keys watched.
    pub watched: Counter,
    /// Bytes in the query buffer, and free in it.
    pub query_bytes: [Counter; 2],
    /// Bytes of the fields that it has named for `HIMPORT`.
    pub field_set_bytes: Counter,
    /// Bytes of pending replies.
    pub output_bytes: Counter,
    /// Bytes that the buffer of replies has room for, and the most that were pending since the
    /// client was last idle.
    pub reply_buffer: [Counter; 2],
    /// Bytes read and written, and commands run.
    pub totals: [Counter; 3],
    // These are for who lists clients; its own worker goes by the session. What others wait for by
    // `replica` and `acked` is modelled in `structures/tests/loom/order.rs`.
    /// Blocked in a command.
    pub blocked: AtomicBool,
    /// Blocked until some moment, not for ever.
    pub blocks_for_a_time: AtomicBool,
    /// `CLIENT NO-EVICT`.
    pub no_evict: AtomicBool,
    /// `CLIENT NO-TOUCH`.
    pub no_touch: AtomicBool,
    /// `CLIENT IMPORT-SOURCE`.
    pub import_source: AtomicBool,
    /// `CLIENT CAPA redirect`.
    pub redirect: AtomicBool,
    /// `READONLY`
    pub read_only: AtomicBool,
    /// A replica's link.
    pub replica: AtomicBool,
    /// `MONITOR`
    pub monitor: AtomicBool,
    /// Somebody wants it closed.
    pub killed: AtomicBool,
    /// What it waits for while it is blocked.
    pub waiter: Mutex<Option<Arc<Waiter>>>,
    /// What it told of itself.
    pub labels: Mutex<Labels>,
    /// Log offset that a replica has acknowledged.
    pub acked: AtomicU64,
    /// The port that a replica says it listens on.
    pub replica_port: AtomicI64,
}

impl ClientInfo {
    /// A client that has just connected over TCP, between these addresses.
    pub fn connected(id: u64, address: String, local_address: String, now_ms: u64) -> ClientInfo {
        let info = ClientInfo { id, address, local_address, created_ms: now_ms, ..Self::default() };
        info.active_ms.set(now_ms);
        info
    }

    /// Whether the client is on this machine.
    pub fn is_local(&self) -> bool {
        let ip = self.address.rsplit_once(':').map_or("", |(ip, _)| ip);
        let ip = ip.trim_start_matches('[').trim_end_matches(']');
        self.unix || ip.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
    }
}

/// What a client told of itself.
#[derive(Debug, Default, Clone)]
pub struct Labels {
    /// `CLIENT SETNAME`
    pub name: String,
    /// `CLIENT SETINFO LIB-NAME`
    pub library: String,
    /// `CLIENT SETINFO LIB-VER`
    pub library_version: String,
    /// The user it is authenticated as.
    pub user: String,
}

/// All clients, by number.
#[derive(Debug, Default)]
pub struct Clients {
    next: AtomicU64,
    by_id: Mutex<BTreeMap<u64, Arc<ClientInfo>>>,
}

impl Clients {
    /// A number for a new client.
    pub fn next_id(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Adds a client.
    pub fn add(&self, info: &Arc<ClientInfo>) {
        self.by_id.lock().insert(info.id, info.clone());
    }

    /// Removes a client.
    pub fn remove(&self, id: u64) {
        self.by_id.lock().remove(&id);
    }

    /// A client by its number.
    pub fn find(&self, id: u64) -> Option<Arc<ClientInfo>> {
        self.by_id.lock().get(&id).cloned()
    }

    /// All clients, oldest first.
    pub fn list(&self) -> Vec<Arc<ClientInfo>> {
        self.by_id.lock().values().cloned().collect()
    }

    /// Number of clients.
    pub fn len(&self) -> usize {
        self.by_id.lock().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
