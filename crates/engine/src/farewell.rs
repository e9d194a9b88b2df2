//! What a client leaves behind in the keyspace when it goes, or stops waiting.

use std::sync::Arc;

use resp::{Output, Reply};

use crate::blocking::{Waiter, Wish};
use crate::commands::replication::replicas_at;
use crate::engine::Engine;
use crate::keyspace::locked::Locked;
use crate::locking;
use crate::pubsub::Scope;
use crate::session::Session;
use crate::watch::WatchFlag;
use crate::worker::Worker;

impl Worker {
    /// Takes a waiter out of the queues of its keys.
    pub fn forget_waiter(&mut self, waiter: &Arc<Waiter>) {
        for key in &waiter.keys {
            let shards = &self.engine.shards;
            let index = shards.index(shards.position(key));
            match shards.lock(index).try_lock_spinning() {
                Some(mut shard) => shard.waiting.remove(key, waiter),
                // It is claimed, so nobody serves it; the key's next waiter or server drops it.
                None => self.leftovers.push((key.clone(), waiter.clone())),
            }
        }
    }

    /// What a client gets whose time to wait is over.
    pub fn timeout_reply(&self, waiter: &Waiter) -> Output {
        timeout_reply(&self.engine, waiter)
    }

    /// Tries again what a busy shard did not allow.
    pub fn sweep_leftovers(&mut self) {
        for (_, waiter) in std::mem::take(&mut self.leftovers) {
            self.forget_waiter(&waiter);
        }
        for (db, key, flag) in std::mem::take(&mut self.leftover_watches) {
            self.forget_watch(db, &key, &flag);
        }
        self.stop_unread_log();
    }

    /// Forgets what a client queued and watches, outside any command.
    pub fn discard_transaction(&mut self, session: &mut Session) {
        session.transaction = None;
        session.info.queued.set(0);
        session.info.watched.set(0);
        session.refresh_guard();
        if let Some(watch) = session.watch.take() {
            for (db, key) in &watch.keys {
                self.forget_watch(*db, key, &watch.dirty);
            }
        }
    }

    fn forget_watch(&mut self, db: u32, key: &[u8], flag: &WatchFlag) {
        let shards = &self.engine.shards;
        match shards.lock(shards.index(shards.position(key))).try_lock_spinning() {
            Some(mut shard) => shard.watched.remove(db, key, flag),
            // Until then the shard raises a flag that nobody reads.
            None => self.leftover_watches.push((db, key.into(), flag.clone())),
        }
    }

    /// A client is gone.
    pub fn end_session(&mut self, session: &mut Session) {
        if let Some(waiter) = session.blocked.take() {
            waiter.claim();
            self.forget_waiter(&waiter);
        }
        self.discard_transaction(session);
        leave_channels(&self.engine, session);
        if session.monitor {
            self.engine.remove_monitor(session.info.id);
        }
        // It may have been the one that waited for every shard; another one says so anew.
        locking::withdraw(&self.engine, &mut self.wants_exclusive);
        if session.replica {
            self.engine.log.detach(session.info.id);
            self.stop_unread_log();
        }
    }

    /// Stops the log where its last reader has gone; later, where a shard is busy now.
    fn stop_unread_log(&mut self) {
        if !self.engine.log.is_unread() {
            return;
        }
        if let Some(_all) = Locked::all(&self.engine.shards) {
            self.engine.log.stop_if_unread();
            self.outbox.log_released = true;
        }
    }
}

/// What a client gets whose time to wait is over.
pub(crate) fn timeout_reply(engine: &Engine, waiter: &Waiter) -> Output {
    let mut output = Output::new();
    let mut reply = Reply::new(&mut output, waiter.protocol);
    match waiter.wish {
        Wish::Replicas { offset, .. } => reply.integer(replicas_at(engine, offset) as i64),
        Wish::Pop(_)
        | Wish::PopSeveral(..)
        | Wish::PopSorted { .. }
        | Wish::Read { .. }
        | Wish::ReadGroup(_)
        | Wish::Move { .. }
        | Wish::Snapshot
        | Wish::Server => {
            waiter.write_timeout(&mut reply);
        }
    }
    output
}

/// A client listens to nothing any more.
pub(crate) fn leave_channels(engine: &Engine, session: &mut Session) {
    let listener = (session.worker, session.info.id);
    let Some(subscriptions) = session.subscriptions.take() else { return };
    for scope in [Scope::Channel, Scope::Pattern, Scope::Shard] {
        for name in subscriptions.of(scope) {
            engine.pubsub.unsubscribe(scope, name, listener);
        }
    }
    session.info.subscriptions.iter().for_each(|count| count.set(0));
}
