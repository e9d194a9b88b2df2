//! `QUIT`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static QUIT: Command = Command::new(Spec {
    name: "quit",
    group: Group::Connection,
    arity: Arity::AtLeast(1),
    flags: &[
        Flag::AllowBusy,
        Flag::NoScript,
        Flag::Loading,
        Flag::Stale,
        Flag::Fast,
        Flag::NoAuth,
        Flag::Immediate,
    ],
    since: "1.0.0",
    summary: "Closes the connection when all replies are sent.",
    syntax: "QUIT",
    run: quit,
    ..SPEC
});

fn quit(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.ok();
    ctx.session.close_after_reply = true;
    Ok(())
}
