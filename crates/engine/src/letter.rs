//! What commands have for clients of other workers, and for the server itself.
//!
//! The engine posts nothing and opens nothing: it fills an outbox, and the server empties it when
//! no lock is held.

use std::sync::Arc;

use resp::{Output, Reply};

use crate::migration::Migration;
use crate::pubsub::Scope;

/// A published message.
#[derive(Debug)]
pub struct Message {
    /// How the listener subscribed.
    pub scope: Scope,
    /// The pattern that matched.
    pub pattern: Option<Box<[u8]>>,
    /// The channel.
    pub channel: Box<[u8]>,
    /// The text.
    pub text: Box<[u8]>,
}

impl Message {
    /// Writes the message as its listener expects it.
    pub fn write(&self, reply: &mut Reply<'_>) {
        reply.push(if self.pattern.is_some() { 4 } else { 3 });
        match (self.scope, &self.pattern) {
            (Scope::Pattern, Some(pattern)) => {
                reply.bulk(b"pmessage");
                reply.bulk(pattern);
            }
            (Scope::Shard, _) => reply.bulk(b"smessage"),
            _ => reply.bulk(b"message"),
        }
        reply.bulk(&self.channel);
        reply.bulk(&self.text);
    }
}

/// Something for a client, delivered by the worker that owns it.
#[derive(Debug)]
pub enum Letter {
    /// A published message.
    Message {
        /// For whom.
        client: u64,
        /// What.
        message: Arc<Message>,
        /// The log offset that it depends on.
        offset: u64,
    },
    /// The reply that a blocked client waits for.
    Unblocked {
        /// For whom.
        client: u64,
        /// The reply, in its protocol; a long one is still to be written.
        reply: Box<Output>,
        /// The log offset that it depends on.
        offset: u64,
    },
    /// A blocked client is to look at what it waits for.
    LookAgain {
        /// Which.
        client: u64,
        /// When, in milliseconds since 1970.
        at_ms: u64,
    },
    /// Text for a monitoring client.
    Monitor {
        /// For whom.
        client: u64,
        /// A whole reply.
        line: Arc<[u8]>,
    },
    /// Close this client.
    Kill {
        /// Whom.
        client: u64,
    },
    /// The log has grown: feed the replicas.
    LogGrew,
}

impl Letter {
    /// For whom it is; `None` for the worker itself.
    pub fn client(&self) -> Option<u64> {
        match self {
            Letter::Message { client, .. }
            | Letter::Unblocked { client, .. }
            | Letter::LookAgain { client, .. }
            | Letter::Monitor { client, .. }
            | Letter::Kill { client } => Some(*client),
            Letter::LogGrew => None,
        }
    }

    /// Where it says which log offset it depends on.
    fn offset_mut(&mut self) -> Option<&mut u64> {
        match self {
            Letter::Message { offset, .. } | Letter::Unblocked { offset, .. } => Some(offset),
            Letter::LookAgain { .. }
            | Letter::Monitor { .. }
            | Letter::Kill { .. }
            | Letter::LogGrew => None,
        }
    }
}

/// Something that only the server can do.
#[derive(Debug)]
pub enum Action {
    /// End the process.
    Shutdown {
        /// Who asked for it.
        client: u64,
        /// First write the snapshot that was begun.
        save: bool,
        /// Even where that fails.
        force: bool,
    },
    /// Take a snapshot into the dump file.
    Save {
        /// The client that waits for it (`SAVE`), if any.
        client: Option<u64>,
    },
    /// Write the configuration file.
    RewriteConfig {
        /// Who waits for the reply.
        client: u64,
    },
    /// Listen where the settings now say, or set them back.
    Rebind {
        /// Who waits for the reply.
        client: u64,
        /// Names and values as they were.
        undo: Vec<(String, Vec<u8>)>,
    },
    /// Settings changed that the server itself acts on.
    ConfigChanged,
    /// Make this client a replica: an empty snapshot, then the log.
    Feed {
        /// Whom.
        client: u64,
    },
    /// Send keys to another server, and settle with the engine what became of them.
    Migrate(Box<Migration>),
    /// Give unused memory back to the system.
    PurgeMemory,
    /// Write a line to the text log.
    Log {
        /// 0 debug, 1 verbose, 2 notice, 3 warning.
        level: u8,
        /// The line.
        text: String,
    },
    /// Crash, for tests.
    Crash,
}

/// What a command leaves for others.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Letters, with the worker that each is for.
    pub letters: Vec<(usize, Letter)>,
    /// For the server.
    pub actions: Vec<Action>,
    /// There is more in the log for its readers.
    pub log_grew: bool,
    /// Replies that wait for the log may leave.
    pub log_released: bool,
}

impl Outbox {
    /// Adds a letter.
    pub fn post(&mut self, worker: usize, letter: Letter) {
        self.letters.push((worker, letter));
    }

    /// Makes the letters of a command wait for a log offset, with those of the same turn that
    /// nothing was said of yet.
    pub(crate) fn depend_on(&mut self, offset: u64) {
        for at in self.letters.iter_mut().rev().filter_map(|(_, letter)| letter.offset_mut()) {
            if *at != 0 {
                return;
            }
            *at = offset;
        }
    }

    /// Whether there is nothing.
    #[inline]
    pub fn is_empty(&self) -> bool {
        let nothing_of_log = !self.log_grew && !self.log_released;
        self.letters.is_empty() && self.actions.is_empty() && nothing_of_log
    }
}
