//! `EXEC`
//!
//! It holds the shards of all queued commands and of all watched keys, so what it finds of the
//! watched keys stays true until its commands have run.

use std::sync::atomic::Ordering;

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::script::ScriptToken;
use crate::session::Transaction;
use crate::watch::unwatch;

pub static EXEC: Command = Command::new(Spec {
    name: "exec",
    group: Group::Transactions,
    arity: Arity::Exactly(1),
    flags: &[Flag::NoScript, Flag::Loading, Flag::Stale, Flag::SkipCommandLog, Flag::Immediate],
    acl: &["transaction"],
    since: "1.2.0",
    complexity: "That of the queued commands",
    summary: "Runs the queued commands, all or none, with nothing in between.",
    syntax: "EXEC",
    locks: Locks::Transaction,
    run: exec,
    ..SPEC
});

fn exec(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let Some(transaction) = ctx.session.transaction.as_ref() else {
        return Err(CommandError::err("EXEC without MULTI"));
    };
    let scripts = |(inner, _): &(&Command, _)| inner.spec.locks == Locks::Script;
    let _token = if transaction.commands.iter().any(scripts) {
        Some(ScriptToken::take(ctx.engine).ok_or(CommandError::Park)?)
    } else {
        None
    };
    let touched = is_touched(ctx);
    unwatch(ctx);
    let transaction = ctx.session.transaction.take().unwrap_or_default();
    ctx.session.info.queued.set(0);
    ctx.session.refresh_guard();
    if transaction.refused {
        return Err(CommandError::text(
            "EXECABORT Transaction discarded because of previous errors.",
        ));
    }
    if touched {
        ctx.reply.null_array();
        return Ok(());
    }
    run_all(ctx, &transaction);
    Ok(())
}

/// Whether a watched key was changed, or has expired since.
fn is_touched(ctx: &mut Ctx<'_>) -> bool {
    let Some(watch) = ctx.session.watch.as_ref() else { return false };
    let keys = &mut ctx.keys;
    let mut has_expired = |db: u32, key: &[u8]| {
        let position = keys.position(key);
        keys.has_expired(db, key)
            && !keys.locked.shard(position).watched.ignores_expired(db, key, &watch.dirty)
    };
    watch.dirty.load(Ordering::Acquire) || watch.keys.iter().any(|(db, key)| has_expired(*db, key))
}

fn run_all(ctx: &mut Ctx<'_>, transaction: &Transaction) {
    let outer = std::mem::replace(&mut ctx.atomic, true);
    ctx.keys.effects.atomic = true;
    ctx.reply.array(transaction.commands.len());
    for (command, args) in &transaction.commands {
        ctx.run_inner(command, args.as_args());
        assert!(!ctx.parked, "EXEC holds what its commands need");
    }
    ctx.atomic = outer;
    // What the commands have changed is logged as theirs.
    ctx.keys.effects.propagate_nothing();
}
