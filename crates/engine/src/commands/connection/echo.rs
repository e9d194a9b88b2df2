//! `ECHO message`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static ECHO: Command = Command::new(Spec {
    name: "echo",
    group: Group::Connection,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale, Flag::Fast],
    since: "1.0.0",
    summary: "Replies with the message.",
    syntax: "ECHO message",
    run: echo,
    ..SPEC
});

fn echo(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.bulk(args.at(1));
    Ok(())
}
