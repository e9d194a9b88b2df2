//! `TIME`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static TIME: Command = Command::new(Spec {
    name: "time",
    group: Group::Server,
    arity: Arity::Exactly(1),
    flags: &[Flag::Loading, Flag::Stale, Flag::Fast],
    since: "2.6.0",
    summary: "Returns the time: seconds since 1970, and microseconds of the next.",
    syntax: "TIME",
    tips: &["nondeterministic_output"],
    run: time,
    ..SPEC
});

fn time(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    // In transactions and scripts the time stands still.
    let now_ms = ctx.now_ms();
    let us = if ctx.atomic { now_ms * 1000 } else { ctx.engine.wall_us(now_ms) };
    ctx.reply.array(2);
    ctx.reply.bulk_display(us / 1_000_000);
    ctx.reply.bulk_display(us % 1_000_000);
    Ok(())
}
