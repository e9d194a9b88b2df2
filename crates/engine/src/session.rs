//! The command state of one client: what its commands have set and the next one depends on.

use std::collections::HashMap;
use std::sync::Arc;

use resp::{OwnedArgs, Protocol};

use crate::blocking::Waiter;
use crate::clients::ClientInfo;
use crate::command::Command;
use crate::migration::Migration;
use crate::pubsub::Subscriptions;
use crate::watch::Watch;

/// Which replies a client wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ReplyMode {
    /// All.
    #[default]
    On,
    /// None.
    Off,
    /// None for the command after this one.
    SkipNext,
    /// None for this one.
    Skip,
}

/// Commands queued by `MULTI`.
#[derive(Default)]
pub struct Transaction {
    /// Each with its arguments.
    pub commands: Vec<(&'static Command, OwnedArgs)>,
    /// One of them was refused, so `EXEC` refuses all.
    pub refused: bool,
}

/// Field names that a client has prepared for `HIMPORT`, by the names of their sets.
#[derive(Default)]
pub struct FieldSets {
    /// Each with its fields in order.
    pub sets: HashMap<Box<[u8]>, Vec<Box<[u8]>>>,
    /// Bytes of all names.
    pub bytes: usize,
}

/// The command state of one client.
pub struct Session {
    /// What others may see of it.
    pub info: Arc<ClientInfo>,
    /// The worker that owns the connection.
    pub worker: usize,
    /// The database in use.
    pub db: u32,
    /// The protocol of its replies.
    pub protocol: Protocol,
    /// Whether it may run commands.
    pub authenticated: bool,
    /// The user it runs them as.
    pub user: Arc<str>,
    /// Commands since `MULTI`.
    pub transaction: Option<Box<Transaction>>,
    /// What it watches.
    pub watch: Option<Box<Watch>>,
    /// Channels and patterns.
    pub subscriptions: Option<Box<Subscriptions>>,
    /// Which replies it wants.
    pub reply_mode: ReplyMode,
    /// Reads leave no mark.
    pub no_touch: bool,
    /// It waits for a key or for replicas.
    pub blocked: Option<Arc<Waiter>>,
    /// The log offset behind its own last change: what `WAIT` waits for.
    pub offset: u64,
    /// The log offset that its next reply depends on: behind the last change of all that it has
    /// read or written. Only kept while there is a log.
    pub depends_on: u64,
    /// The connection closes when the replies so far are written.
    pub close_after_reply: bool,
    /// It is a replica: it gets the log instead of replies.
    pub replica: bool,
    /// It gets every command that others run.
    pub monitor: bool,
    /// The keys that a `MIGRATE` has sent, when it is to be settled.
    pub migration: Option<Box<Migration>>,
    /// What it has prepared for `HIMPORT`.
    pub field_sets: Option<Box<FieldSets>>,
    /// Commands pass the checks of `dispatch::admit`; false on the common path.
    pub guarded: bool,
}

impl Session {
    /// A client that has sent nothing yet.
    pub fn new(info: Arc<ClientInfo>, worker: usize, authenticated: bool) -> Session {
        let mut session = Session {
            info,
            worker,
            db: 0,
            protocol: Protocol::Resp2,
            authenticated,
            user: "default".into(),
            transaction: None,
            watch: None,
            subscriptions: None,
            reply_mode: ReplyMode::On,
            no_touch: false,
            blocked: None,
            offset: 0,
            depends_on: 0,
            close_after_reply: false,
            replica: false,
            monitor: false,
            migration: None,
            field_sets: None,
            guarded: false,
        };
        session.refresh_guard();
        session
    }

    /// Number of channels and patterns.
    pub fn subscription_count(&self) -> usize {
        self.subscriptions.as_ref().map_or(0, |subscriptions| subscriptions.count())
    }

    /// Decides anew whether commands need the checks; after every change of what they look at.
    pub fn refresh_guard(&mut self) {
        let subscribed = self.protocol == Protocol::Resp2 && self.subscription_count() > 0;
        self.guarded = !self.authenticated
            || self.transaction.is_some()
            || subscribed
            || self.reply_mode != ReplyMode::On
            || self.replica
            || self.monitor;
    }
}
