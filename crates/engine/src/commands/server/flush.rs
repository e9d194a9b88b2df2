//! `FLUSHALL [ASYNC | SYNC]`, `FLUSHDB [ASYNC | SYNC]`
//!
//! Both detach the tables and free them after the locks, so the two modes differ in name only.

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::commands::arguments::is_word;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static FLUSHALL: Command = Command::new(Spec {
    name: "flushall",
    group: Group::Server,
    arity: Arity::AtLeast(1),
    flags: &[Flag::Write],
    acl: &["keyspace", "dangerous"],
    since: "1.0.0",
    complexity: "O(N) where N is the number of keys in all databases",
    tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
    summary: "Removes all keys of all databases.",
    syntax: "FLUSHALL [ASYNC | SYNC]",
    locks: Locks::All,
    run: flushall,
    ..SPEC
});

pub static FLUSHDB: Command = Command::new(Spec {
    name: "flushdb",
    group: Group::Server,
    arity: Arity::AtLeast(1),
    flags: &[Flag::Write],
    acl: &["keyspace", "dangerous"],
    since: "1.0.0",
    complexity: "O(N) where N is the number of keys in the database",
    tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
    summary: "Removes all keys of the database.",
    syntax: "FLUSHDB [ASYNC | SYNC]",
    locks: Locks::All,
    run: flushdb,
    ..SPEC
});

fn flushall(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    check_mode(args)?;
    for index in 0..ctx.keys.shard_count() {
        let shard = ctx.keys.locked.shard_at(index);
        if let Some(snapshot) = &mut shard.snapshot {
            // compat: nobody wants to save what was thrown away.
            snapshot.aborted = true;
        }
        for db in 0..shard.tables().len() as u32 {
            ctx.keys.flush_shard(index, db);
        }
    }
    finish(ctx, args);
    Ok(())
}

fn flushdb(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    check_mode(args)?;
    let db = ctx.keys.db;
    for index in 0..ctx.keys.shard_count() {
        ctx.keys.flush_shard(index, db);
    }
    finish(ctx, args);
    Ok(())
}

fn check_mode(args: Args<'_>) -> Result<(), CommandError> {
    match args.get(1) {
        None => Ok(()),
        Some(word) if args.len() == 2 && (is_word(word, "SYNC") || is_word(word, "ASYNC")) => {
            Ok(())
        }
        Some(_) => Err(CommandError::Syntax),
    }
}

/// Logs the command even where there was nothing to remove: a replica may hold more.
fn finish(ctx: &mut Ctx<'_>, args: Args<'_>) {
    let words: Vec<&[u8]> = args.iter().collect();
    ctx.propagate(&words);
    ctx.reply.ok();
}
