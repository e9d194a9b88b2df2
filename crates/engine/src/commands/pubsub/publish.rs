//! `PUBLISH channel message`, `SPUBLISH shardchannel message`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::pubsub::Scope;

const SEND: Spec = Spec {
    group: Group::PubSub,
    arity: Arity::Exactly(3),
    flags: &[Flag::PubSub, Flag::Loading, Flag::Stale, Flag::Fast, Flag::MayReplicate],
    complexity: "O(N+M) with N the receivers and M the patterns",
    ..SPEC
};

pub static PUBLISH: Command = Command::new(Spec {
    name: "publish",
    since: "2.0.0",
    summary: "Sends a message to all who listen to a channel and returns their number.",
    syntax: "PUBLISH channel message",
    run: publish,
    ..SEND
});

pub static SPUBLISH: Command = Command::new(Spec {
    name: "spublish",
    keys: &[key(1, Access::Channel)],
    since: "7.0.0",
    complexity: "O(N) in the number of receivers",
    summary: "Sends a message to all who listen to a shard channel and returns their number.",
    syntax: "SPUBLISH shardchannel message",
    run: spublish,
    ..SEND
});

fn publish(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    send(ctx, args, Scope::Channel)
}

fn spublish(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    send(ctx, args, Scope::Shard)
}

fn send(ctx: &mut Ctx<'_>, args: Args<'_>, scope: Scope) -> Result<(), CommandError> {
    let receivers = ctx.engine.pubsub.publish(scope, args.at(1), args.at(2), ctx.outbox);
    ctx.propagate(&[args.at(0), args.at(1), args.at(2)]);
    ctx.reply.integer(receivers as i64);
    Ok(())
}
