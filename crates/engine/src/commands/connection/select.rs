//! `SELECT index`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::integer;
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
    let index = i32::try_from(integer(args.at(1))?).map_err(|_| CommandError::NotInteger)?;
    match u32::try_from(index) {
        Ok(db) if db < ctx.config.general.databases => ctx.select(db),
        _ => return Err(CommandError::err("DB index is out of range")),
    }
    ctx.reply.ok();
    Ok(())
}
