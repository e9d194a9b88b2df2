//! `PING [message]`

use resp::{Args, Protocol};

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static PING: Command = Command::new(Spec {
    name: "ping",
    group: Group::Connection,
    arity: Arity::AtLeast(1),
    flags: &[Flag::Fast, Flag::Sentinel],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Answers, with the message if there is one.",
    syntax: "PING [message]",
    tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
    run: ping,
    ..SPEC
});

fn ping(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if args.len() > 2 {
        return Err(CommandError::WrongArity("ping".into()));
    }
    if ctx.reply.protocol() == Protocol::Resp2 && ctx.session.subscription_count() > 0 {
        ctx.reply.array(2);
        ctx.reply.bulk(b"pong");
        ctx.reply.bulk(args.get(1).unwrap_or(b""));
        return Ok(());
    }
    match args.get(1) {
        Some(message) => ctx.reply.bulk(message),
        None => ctx.reply.status("PONG"),
    }
    Ok(())
}
