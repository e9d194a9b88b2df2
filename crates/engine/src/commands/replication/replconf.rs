//! `REPLCONF option value [option value ...]`: what a replica tells of itself.

use std::sync::atomic::Ordering;

use resp::Args;
use resp::number::parse_i64;

use super::wait::serve_waiting;
use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static REPLCONF: Command = Command::new(Spec {
    name: "replconf",
    group: Group::Server,
    arity: Arity::AtLeast(1),
    flags: &[Flag::NoScript, Flag::Admin, Flag::Loading, Flag::Stale, Flag::AllowBusy],
    since: "3.0.0",
    complexity: "O(1)",
    summary: "Tells facts about a replica; for servers.",
    syntax: "REPLCONF option value [option value ...]",
    run: replconf,
    ..SPEC
});

fn replconf(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if args.len().is_multiple_of(2) {
        return Err(CommandError::Syntax);
    }
    for i in (1..args.len()).step_by(2) {
        let (option, value) = (args.at(i), args.at(i + 1));
        let is = |name: &[u8]| option.eq_ignore_ascii_case(name);
        if is(b"ack") {
            acknowledge(ctx, value);
            return Ok(());
        } else if is(b"listening-port") {
            let port = parse_i64(value).ok_or(CommandError::NotInteger)?;
            ctx.session.info.replica_port.store(port, Ordering::Relaxed);
        } else if !is(b"capa") && !is(b"ip-address") && !is(b"version") {
            let option = String::from_utf8_lossy(option);
            return Err(CommandError::err(format!("Unrecognized REPLCONF option: {option}")));
        }
    }
    ctx.reply.ok();
    Ok(())
}

/// A replica has the log up to an offset: no reply, but replies to those who wait for it.
fn acknowledge(ctx: &mut Ctx<'_>, offset: &[u8]) {
    let Some(offset) = parse_i64(offset).and_then(|offset| u64::try_from(offset).ok()) else {
        return;
    };
    if ctx.session.replica {
        ctx.session.info.acked.fetch_max(offset, Ordering::AcqRel);
        serve_waiting(ctx.engine, ctx.outbox);
    }
}
