//! `MULTI`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static MULTI: Command = Command::new(Spec {
    name: "multi",
    group: Group::Transactions,
    arity: Arity::Exactly(1),
    flags: &[
        Flag::NoScript,
        Flag::Loading,
        Flag::Stale,
        Flag::Fast,
        Flag::NoMulti,
        Flag::AllowBusy,
    ],
    acl: &["transaction"],
    since: "1.2.0",
    complexity: "O(1)",
    summary: "Begins a transaction: commands are queued until EXEC.",
    syntax: "MULTI",
    run: multi,
    ..SPEC
});

fn multi(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.session.transaction = Some(Box::default());
    ctx.session.info.queued.set(1);
    ctx.session.refresh_guard();
    ctx.reply.ok();
    Ok(())
}
