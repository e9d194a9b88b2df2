//! `LASTSAVE`

use std::sync::atomic::Ordering;

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static LASTSAVE: Command = Command::new(Spec {
    name: "lastsave",
    group: Group::Server,
    arity: Arity::Exactly(1),
    flags: &[Flag::Loading, Flag::Stale, Flag::Fast],
    acl: &["admin", "dangerous"],
    since: "1.0.0",
    summary: "Returns when the last successful save was, in seconds since 1970.",
    syntax: "LASTSAVE",
    tips: &["nondeterministic_output"],
    run: lastsave,
    ..SPEC
});

fn lastsave(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let ms = ctx.engine.last_save_ms.load(Ordering::Relaxed);
    ctx.reply.integer((ms / 1000) as i64);
    Ok(())
}
