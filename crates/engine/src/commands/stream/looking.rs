//! Waiting until entries have been pending for long enough: `XREADGROUP` with `BLOCK` and `CLAIM`.
//!
//! No command makes them so, only time. Who waits is told when to look (`Letter::LookAgain`), and
//! looking serves a key's waiters as a command that had changed the key would. The moment comes
//! from when the oldest pending entry was delivered, so it may be too early, as entries are
//! acknowledged meanwhile; then a later one follows. A clock that ticks for all who wait lost: it
//! looks often and finds little, and is late.
//!
//! # Invariants
//!
//! 1. Who waits for a key with pending entries has been told of a moment that is not behind the
//!    one when the first of them may be taken: at the beginning, after each change of the key, and
//!    after each look in vain.

use std::sync::Arc;

use resp::{Args, Output, OwnedArgs};
use types::Stream;

use crate::admit;
use crate::blocking::{Waiter, Wish};
use crate::clients::ClientInfo;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, keys};
use crate::ctx::Ctx;
use crate::dispatch::Outcome;
use crate::engine::Alert;
use crate::error::CommandError;
use crate::keyspace::handle::object_of;
use crate::letter::Letter;
use crate::session::Session;
use crate::worker::Worker;

/// Serves the waiters of a key. The server's own, and not in the table of commands.
static LOOK: Command = Command::new(Spec {
    name: "xreadgroup",
    group: Group::Stream,
    arity: Arity::Exactly(2),
    flags: &[Flag::Write],
    keys: &[keys(1, 0, 1, Access::Update)],
    run: look,
    ..SPEC
});

fn look(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    ctx.keys.effects.ready.push((ctx.keys.db, args.at(1).to_vec()));
    Ok(())
}

impl Worker {
    /// Serves the keys that a client waits for, where entries have been pending for long enough by
    /// now. False where that is not possible at the moment.
    pub fn look_again(&mut self, waiter: &Waiter) -> bool {
        if self.engine.has_alert(Alert::ScriptBusy) {
            return false;
        }
        waiter.forget_look();
        let info = Arc::new(ClientInfo { unix: true, ..ClientInfo::default() });
        let mut session = Session::new(info, self.index, true);
        session.db = waiter.db;
        let (mut out, paused) = (Output::new(), self.engine.has_alert(Alert::Paused));
        waiter.keys.iter().all(|key| {
            let args: OwnedArgs = [&b"xreadgroup"[..], key].into_iter().collect();
            let what = (&LOOK, args.as_args());
            !(paused && admit::is_paused(self, &session, what))
                && matches!(self.execute_unseen(&mut session, what, &mut out), Outcome::Done)
        })
    }
}

/// Tells who goes on waiting for a key when to look.
pub(crate) fn tell_when_to_look(ctx: &mut Ctx<'_>, key: &[u8]) {
    let (db, position) = (ctx.keys.db, ctx.keys.position(key));
    let waiting = &ctx.keys.locked.shard(position).waiting;
    let waiters = waiting.of_key(db, key).filter(|waiter| waiter.waits_for_idle());
    let waiters: Vec<Arc<Waiter>> = waiters.cloned().collect();
    for waiter in &waiters {
        arrange_look(ctx, key, waiter);
    }
}

/// Tells one who waits for a key when to look.
pub(super) fn arrange_look(ctx: &mut Ctx<'_>, key: &[u8], waiter: &Waiter) {
    let Wish::ReadGroup(read) = &waiter.wish else { return };
    if read.forget_gone(&mut ctx.keys, key).is_err() {
        return;
    }
    let stream = ctx.keys.peek(key).and_then(|entry| object_of::<Stream>(entry).ok());
    let Some(due_ms) = stream.and_then(|stream| read.due_ms(stream)) else { return };
    let (client, at_ms) = (waiter.client, due_ms.max(ctx.now_ms() + 1));
    if waiter.is_first_look(at_ms) {
        ctx.outbox.post(waiter.worker, Letter::LookAgain { client, at_ms });
    }
}
