//! `SELECT index`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::database;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SELECT: Command = Command::new(Spec {
    name: "select",
    group: Group::Connection,
    arity: Arity::Exactly(2),
    flags: &[Flag::AllowBusy, Flag::Loading, Flag::Stale, Flag::Fast],
    since: "1.0.0",
    summary: "Changes the database that the connection uses.",
    syntax: "SELECT index",
    run: select,
    ..SPEC
});

fn select(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    ctx.select(database(args.at(1), ctx.config)?);
    ctx.reply.ok();
    Ok(())
}
