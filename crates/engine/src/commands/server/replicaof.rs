//! `REPLICAOF host port | NO ONE`, `SLAVEOF host port | NO ONE`
//!
//! Being a replica is not there yet: a server that is none stays none, and becoming one is refused.

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::{integer_or, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static REPLICAOF: Command = Command::new(Spec {
    name: "replicaof",
    group: Group::Server,
    arity: Arity::Exactly(3),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::NoScript, Flag::Stale],
    since: "5.0.0",
    summary: "Makes the server a replica of another one, or a primary.",
    syntax: "REPLICAOF host port|NO ONE",
    run: replicaof,
    ..SPEC
});

pub static SLAVEOF: Command = Command::new(Spec {
    name: "slaveof",
    group: Group::Server,
    arity: Arity::Exactly(3),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::NoScript, Flag::Stale],
    since: "1.0.0",
    summary: "The former name of REPLICAOF.",
    syntax: "SLAVEOF host port|NO ONE",
    run: replicaof,
    ..SPEC
});

fn replicaof(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if ctx.config.cluster.cluster_enabled {
        return Err(CommandError::err("REPLICAOF not allowed in cluster mode."));
    }
    if is_word(args.at(1), "no") && is_word(args.at(2), "one") {
        ctx.reply.ok();
        return Ok(());
    }
    if ctx.session.replica {
        return Err(CommandError::err("Command is not valid when client is a replica."));
    }
    match integer_or(args.at(2), "Invalid master port")? {
        0..=65535 => Err(CommandError::err("This server cannot be a replica yet")),
        _ => Err(CommandError::err("Invalid master port")),
    }
}
