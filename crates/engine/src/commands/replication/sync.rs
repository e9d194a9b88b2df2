//! `SYNC`: makes the client a reader of the log.
//!
//! The first form: an RDB without keys, then every change from this moment on. The cut is made
//! while every shard is held, so that no change is missed or sent twice.

use persistence::rdb::{self, Checksum};
use resp::Args;
use std::sync::atomic::Ordering;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::letter::Action;

pub static SYNC: Command = Command::new(Spec {
    name: "sync",
    group: Group::Server,
    arity: Arity::Exactly(1),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::NoMulti, Flag::NoScript],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Turns the connection into a feed of all changes from now on.",
    syntax: "SYNC",
    locks: Locks::All,
    run: sync,
    ..SPEC
});

fn sync(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    if ctx.session.replica {
        return Ok(());
    }
    let mut file = Vec::new();
    rdb::begin(&mut file, rdb::VERSION, &[("redis-ver", "7.2.4"), ("redis-bits", "64")]);
    let mut checksum = Checksum::default();
    checksum.update(&file);
    rdb::end(&mut file, &mut checksum);
    let client = ctx.session.info.id;
    ctx.engine.log.attach(client);
    ctx.reply.raw(format!("${}\r\n", file.len()).as_bytes());
    ctx.reply.raw(&file);
    ctx.session.replica = true;
    ctx.session.info.replica.store(true, Ordering::Relaxed);
    ctx.session.refresh_guard();
    ctx.outbox.actions.push(Action::Feed { client });
    Ok(())
}
