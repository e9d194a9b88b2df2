//! What a handler works with.

use std::sync::Arc;

use resp::{Args, Reply};
use types::Sizes;

use crate::blocking::{Waiter, Wish};
use crate::command::{Command, Group};
use crate::config::Config;
use crate::engine::{Alert, Engine};
use crate::keyspace::handle::Keyspace;
use crate::letter::{Action, Outbox};
use crate::monitor::{self, Seen};
use crate::random::Random;
use crate::script::Pump;
use crate::session::Session;

/// What a handler works with: the reply, the keys that it holds, its client, and the server.
pub struct Ctx<'a> {
    /// The reply.
    pub reply: Reply<'a>,
    /// The keys.
    pub keys: Keyspace<'a>,
    /// The client.
    pub session: &'a mut Session,
    /// What all workers share.
    pub engine: &'a Arc<Engine>,
    /// The settings.
    pub config: &'a Arc<Config>,
    /// Letters and actions.
    pub outbox: &'a mut Outbox,
    /// Picks keys and elements.
    pub random: &'a mut Random,
    /// The command that runs.
    pub command: &'static Command,
    /// Commands may not block: inside `MULTI` or a script.
    pub atomic: bool,
    /// What the client now waits for, and until when (milliseconds since 1970; `None` is ever).
    pub block: Option<(Arc<Waiter>, Option<u64>)>,
    /// What serves other connections while a script takes long.
    pub pump: &'a mut dyn Pump,
    /// The handler needs a shard that is busy, and the command is to be tried again.
    pub parked: bool,
}

impl Ctx<'_> {
    /// The time, in milliseconds since 1970; the same throughout a command.
    pub fn now_ms(&self) -> u64 {
        self.keys.now_ms
    }

    /// Up to which size collections keep their compact encodings.
    pub fn sizes(&self) -> Sizes {
        let encodings = &self.config.encodings;
        let size = |value| usize::try_from(value).unwrap_or(usize::MAX);
        Sizes {
            set_integers: size(encodings.set_max_intset_entries),
            set_members: size(encodings.set_max_listpack_entries),
            set_member_bytes: size(encodings.set_max_listpack_value_bytes),
            hash_fields: size(encodings.hash_max_listpack_entries),
            hash_value_bytes: size(encodings.hash_max_listpack_value_bytes),
            list: crate::commands::list::ends::fill(self.config),
            sorted_set: crate::commands::sorted_set::limits(self.config),
        }
    }

    /// Changes the database of the client and of what follows in this command.
    pub fn select(&mut self, db: u32) {
        self.session.db = db;
        self.keys.db = db;
        self.session.info.db.set(u64::from(db));
    }

    /// Logs this command instead of the one that runs.
    pub fn propagate(&mut self, args: &[&[u8]]) {
        self.keys.effects.propagate(self.keys.db, args);
    }

    /// Leaves something to the server, which will reply to the client when it is done.
    pub fn ask_server(&mut self, action: Action) {
        self.outbox.actions.push(action);
        let client = (self.session.info.id, self.session.worker);
        let waiter = Waiter::new(client, self.keys.db, Vec::new(), Wish::Server);
        self.block = Some((Arc::new(waiter), None));
    }

    /// Makes the client wait for one of these keys, whose shards are held.
    pub fn wait_for(&mut self, keys: Args<'_>, wish: Wish, until_ms: Option<u64>) {
        let client = (self.session.info.id, self.session.worker);
        let names = keys.iter().map(Into::into).collect();
        let mut waiter = Waiter::new(client, self.keys.db, names, wish);
        waiter.protocol = self.session.protocol;
        let waiter = Arc::new(waiter);
        for key in keys {
            let position = self.keys.position(key);
            self.keys.locked.shard(position).waiting.add(key, &waiter);
        }
        self.block = Some((waiter, until_ms));
    }

    /// Runs a queued or scripted command in the middle of this one.
    pub fn run_inner(&mut self, command: &'static Command, args: Args<'_>) {
        let outer = std::mem::replace(&mut self.command, command);
        let script = outer.spec.group == Group::Scripting;
        if self.engine.has_alert(Alert::Monitored) {
            let seen = Seen { db: self.keys.db, script, now_ms: self.keys.now_ms };
            let info = &self.session.info;
            monitor::feed_before(self.engine, self.outbox, info, seen, (command, args));
        }
        let (began, before) = ((self.engine.host.ticks)(), self.reply.position());
        crate::dispatch::run_handler(self, args);
        self.command = outer;
        let reply_bytes = self.reply.position().saturating_sub(before);
        crate::stats::timing::account_inner(self, (command, args), (script, began, reply_bytes));
    }
}
