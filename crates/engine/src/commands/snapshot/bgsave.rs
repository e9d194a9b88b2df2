//! `BGSAVE [SCHEDULE]`, `SAVE`
//!
//! Both make the cut while every shard is held, for some microseconds, and leave the rest to the
//! workers' sweeps. `SAVE` differs in that its reply waits for the file.
//!
//! deviates: `SAVE` keeps only its own client waiting.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use persistence::rdb::{self, Format};
use resp::Args;

use crate::blocking::{Waiter, Wish};
use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::letter::Action;

pub static BGSAVE: Command = Command::new(Spec {
    name: "bgsave",
    group: Group::Server,
    arity: Arity::AtLeast(1),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::NoScript],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Saves the keyspace of this moment to the dump file, in the background.",
    syntax: "BGSAVE [SCHEDULE]",
    locks: Locks::All,
    run: bgsave,
    ..SPEC
});

pub static SAVE: Command = Command::new(Spec {
    name: "save",
    group: Group::Server,
    arity: Arity::Exactly(1),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::NoScript, Flag::NoMulti],
    since: "1.0.0",
    complexity: "O(N) where N is the number of keys",
    summary: "Saves the keyspace of this moment to the dump file, and answers when it is there.",
    syntax: "SAVE",
    locks: Locks::All,
    run: save,
    ..SPEC
});

fn bgsave(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    match args.len() {
        1 => {}
        2 if args.at(1).eq_ignore_ascii_case(b"schedule") => {}
        _ => return Err(CommandError::Syntax),
    }
    cut(ctx)?;
    ctx.outbox.actions.push(Action::Save { client: None });
    ctx.reply.status("Background saving started");
    Ok(())
}

fn save(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    cut(ctx)?;
    let (client, worker) = (ctx.session.info.id, ctx.session.worker);
    let waiter = Waiter::new((client, worker), ctx.keys.db, Vec::new(), Wish::Snapshot);
    ctx.outbox.actions.push(Action::Save { client: Some(client) });
    ctx.block = Some((Arc::new(waiter), None));
    Ok(())
}

/// Makes every entry of this moment part of a new snapshot.
pub(crate) fn cut(ctx: &mut Ctx<'_>) -> Result<(), CommandError> {
    if ctx.engine.snapshots.is_running() {
        return Err(CommandError::err("Background save already in progress"));
    }
    ctx.keys.locked.iter_mut().for_each(crate::keyspace::shard::Shard::begin_snapshot);
    let dirty = ctx.engine.total(|counters| counters.dirty.value());
    let version = version(ctx);
    ctx.engine.snapshots.version.store(version, Ordering::Relaxed);
    ctx.engine.snapshots.begin(ctx.engine.counters.len(), ctx.now_ms(), dirty);
    Ok(())
}

/// The version of the format that the values of this moment need.
fn version(ctx: &mut Ctx<'_>) -> u32 {
    let mut tables = ctx.keys.locked.iter_mut().flat_map(|shard| shard.tables());
    if tables.any(|table| table.perishing() > 0) {
        Format::from(ctx.config.persistence.rdb_format).version()
    } else {
        rdb::VERSION
    }
}
