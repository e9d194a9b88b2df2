//! `DISCARD`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::watch::unwatch;

pub static DISCARD: Command = Command::new(Spec {
    name: "discard",
    group: Group::Transactions,
    arity: Arity::Exactly(1),
    flags: &[
        Flag::NoScript,
        Flag::Loading,
        Flag::Stale,
        Flag::Fast,
        Flag::AllowBusy,
        Flag::Immediate,
    ],
    acl: &["transaction"],
    since: "2.0.0",
    complexity: "O(N) in the number of queued commands",
    summary: "Forgets the queued commands and the watched keys.",
    syntax: "DISCARD",
    locks: Locks::Watched,
    run: discard,
    ..SPEC
});

fn discard(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    if ctx.session.transaction.take().is_none() {
        return Err(CommandError::err("DISCARD without MULTI"));
    }
    unwatch(ctx);
    ctx.session.info.queued.set(0);
    ctx.session.refresh_guard();
    ctx.reply.ok();
    Ok(())
}
