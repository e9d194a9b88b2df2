//! `MIGRATE`: keys on their way to another server.
//!
//! The command serialises the keys while it holds their shards, and watches them. The server sends
//! them off, on a thread of its own, while the client waits; then `settle` holds the shards again.
//! A key that is as it was sent is deleted. One that was changed meanwhile is sent again, one that
//! is gone is removed from the target, until all are settled or the time is over. Holding the
//! shards until the target has answered would be simpler, but then every client that wants one of
//! them would wait for a network.
//!
//! ```text
//!  MIGRATE -> [on its way] -- answers --> settle --> gone from here     (unchanged)
//!                  ^                         |-----> stays here         (refused, failed, COPY)
//!                  +------ changed ----------+
//! ```
//!
//! # Invariants
//!
//! 1. A key is deleted only under the lock under which it was seen to be what the target has.
//! 2. No two migrations have one key: the second waits until the first is settled.

use std::sync::Arc;

use resp::{Output, OwnedArgs};
use structures::sync::{AtomicBool, Ordering};

use crate::admit;
use crate::commands::generic::SETTLE;
use crate::dispatch::Outcome;
use crate::engine::Alert;
use crate::session::Session;
use crate::watch::WatchFlag;
use crate::worker::Worker;

/// The other server.
#[derive(Clone, Debug)]
pub struct Target {
    /// Name or address.
    pub host: String,
    /// Port, as it was said.
    pub port: String,
    /// Database, as it was said.
    pub db: i64,
    /// The longest wait for connecting, for one read and for one write.
    pub timeout_ms: u64,
    /// `AUTH` and its arguments; empty where it was not asked for.
    pub auth: Vec<Box<[u8]>>,
}

/// What the target is to do with a key.
#[derive(Debug)]
pub enum Errand {
    /// Take its value.
    Restore {
        /// The value as `DUMP` gives it.
        payload: Vec<u8>,
        /// Its deadline.
        expire_at_ms: Option<u64>,
        /// Whatever the key held.
        replace: bool,
    },
    /// Remove it: it is gone here, too.
    Remove,
}

/// What the target said.
#[derive(Debug, Default)]
pub enum Answer {
    /// Nothing yet.
    #[default]
    None,
    /// It did.
    Done,
    /// It did not: the error, without its sign.
    Refused(String),
}

/// A key on its way.
#[derive(Debug)]
pub struct Item {
    /// The key.
    pub key: Box<[u8]>,
    /// What the target is to do.
    pub errand: Errand,
    /// What it said.
    pub answer: Answer,
    /// Raised when the key has changed since it was serialised.
    pub(crate) changed: WatchFlag,
}

impl Item {
    pub(crate) fn new(key: &[u8], errand: Errand) -> Item {
        let changed = Arc::new(AtomicBool::new(false));
        Item { key: key.into(), errand, answer: Answer::None, changed }
    }

    /// Whether the key has changed since it was last asked; whoever asks holds its shard.
    pub(crate) fn take_changed(&self) -> bool {
        self.changed.swap(false, Ordering::AcqRel)
    }
}

/// Where the connection to the target failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// It did not come about.
    Connecting,
    /// Sending.
    Writing,
    /// Waiting for answers.
    Reading,
}

impl Failure {
    /// The reply to the client.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Failure::Connecting => "IOERR error or timeout connecting to the client",
            Failure::Writing => "IOERR error or timeout writing to target instance",
            Failure::Reading => "IOERR error or timeout reading from target instance",
        }
    }
}

/// The keys of one `MIGRATE`.
#[derive(Debug)]
pub struct Migration {
    /// The client that waits for the reply.
    pub client: u64,
    /// The database that the keys leave.
    pub db: u32,
    /// Where they go.
    pub target: Target,
    /// They stay here, too.
    pub copy: bool,
    /// Changed keys are sent again up to this moment.
    pub until_ms: u64,
    /// The keys.
    pub items: Vec<Item>,
    /// What went wrong on the way.
    pub failure: Option<Failure>,
    /// What the target refused first, if anything.
    pub(crate) refusal: Option<String>,
}

impl Worker {
    /// Settles what the target has answered. `session` is the server's own and holds the
    /// migration; where it still does after that, there is more to send. The reply to the client
    /// is appended to `out` otherwise.
    pub fn settle(&mut self, session: &mut Session, out: &mut Output) -> Outcome {
        let Some(migration) = &session.migration else { return Outcome::Done };
        session.db = migration.db;
        let keys = migration.items.iter().map(|item| &*item.key);
        let args: OwnedArgs = std::iter::once(&b"migrate"[..]).chain(keys).collect();
        let busy = self.engine.has_alert(Alert::ScriptBusy);
        let paused = self.engine.has_alert(Alert::Paused);
        if busy || paused && admit::is_paused(self, session, (&SETTLE, args.as_args())) {
            return Outcome::Parked;
        }
        self.execute_unseen(session, (&SETTLE, args.as_args()), out)
    }
}
