//! `CONFIG RESETSTAT`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static RESETSTAT: Command = Command::new(Spec {
    name: "resetstat",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "2.0.0",
    summary: "Sets the statistics of INFO to zero.",
    syntax: "CONFIG RESETSTAT",
    tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
    run: config_resetstat,
    ..SPEC
});

fn config_resetstat(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.engine.counters.iter().for_each(crate::stats::Counters::reset);
    ctx.reply.ok();
    Ok(())
}
