//! `WATCH key [key ...]`, `UNWATCH`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, Locks, SPEC, Spec, keys};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::watch::unwatch as unwatch_keys;

pub static WATCH: Command = Command::new(Spec {
    name: "watch",
    group: Group::Transactions,
    arity: Arity::AtLeast(2),
    flags: &[
        Flag::NoScript,
        Flag::Loading,
        Flag::Stale,
        Flag::Fast,
        Flag::NoMulti,
        Flag::AllowBusy,
    ],
    acl: &["transaction"],
    keys: &[keys(1, -1, 1, Access::Inspect)],
    since: "2.2.0",
    complexity: "O(1) for every key",
    summary: "Makes the next transaction fail if one of the keys changes before it.",
    syntax: "WATCH key [key ...]",
    run: watch,
    ..SPEC
});

pub static UNWATCH: Command = Command::new(Spec {
    name: "unwatch",
    group: Group::Transactions,
    arity: Arity::Exactly(1),
    flags: &[Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Fast, Flag::AllowBusy],
    acl: &["transaction"],
    since: "2.2.0",
    complexity: "O(1)",
    summary: "Forgets the watched keys.",
    syntax: "UNWATCH",
    locks: Locks::Watched,
    run: unwatch,
    ..SPEC
});

fn watch(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let db = ctx.keys.db;
    for key in args.tail(1) {
        // What has expired is removed now where it may be, so that it is no change later.
        ctx.keys.peek(key);
        let expired = ctx.keys.has_expired(db, key);
        let watch = ctx.session.watch.get_or_insert_default();
        if watch.keys.iter().any(|(of, other)| *of == db && **other == *key) {
            continue;
        }
        watch.keys.push((db, key.into()));
        let position = ctx.keys.position(key);
        ctx.keys.locked.shard(position).watched.add(db, key, &watch.dirty, expired);
    }
    let count = ctx.session.watch.as_ref().map_or(0, |watch| watch.keys.len());
    ctx.session.info.watched.set(count as u64);
    ctx.reply.ok();
    Ok(())
}

fn unwatch(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    unwatch_keys(ctx);
    ctx.reply.ok();
    Ok(())
}
