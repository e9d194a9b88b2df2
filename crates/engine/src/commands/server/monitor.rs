//! `MONITOR`

use std::sync::atomic::Ordering;

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static MONITOR: Command = Command::new(Spec {
    name: "monitor",
    group: Group::Server,
    arity: Arity::Exactly(1),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "1.0.0",
    summary: "Shows every command that the server runs, until the connection ends.",
    syntax: "MONITOR",
    run: monitor,
    ..SPEC
});

fn monitor(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    if ctx.atomic {
        return Err(CommandError::err("MONITOR isn't allowed for DENY BLOCKING client"));
    }
    if ctx.session.replica {
        return Ok(());
    }
    if !std::mem::replace(&mut ctx.session.monitor, true) {
        ctx.session.info.monitor.store(true, Ordering::Relaxed);
        ctx.session.refresh_guard();
        ctx.engine.add_monitor(ctx.session.worker, ctx.session.info.id);
    }
    ctx.reply.ok();
    Ok(())
}
