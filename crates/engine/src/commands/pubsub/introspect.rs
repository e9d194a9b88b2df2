//! `PUBSUB CHANNELS [pattern]`, `PUBSUB NUMSUB [channel ...]`, `PUBSUB NUMPAT`, and the same for
//! shard channels.

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::help::help;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::pubsub::Scope;

pub static PUBSUB: Command = Command::new(Spec {
    name: "pubsub",
    group: Group::PubSub,
    arity: Arity::AtLeast(2),
    since: "2.8.0",
    complexity: "That of the subcommand",
    summary: "Tells who listens to what.",
    syntax: "PUBSUB subcommand",
    subcommands: &[&CHANNELS, &HELP, &NUMPAT, &NUMSUB, &SHARDCHANNELS, &SHARDNUMSUB],
    ..SPEC
});

const ASK: Spec = Spec {
    group: Group::PubSub,
    arity: Arity::AtLeast(2),
    flags: &[Flag::PubSub, Flag::Loading, Flag::Stale],
    since: "2.8.0",
    ..SPEC
};

static CHANNELS: Command = Command::new(Spec {
    name: "channels",
    complexity: "O(N) in the number of channels",
    summary: "Returns the channels that somebody listens to.",
    syntax: "PUBSUB CHANNELS [pattern]",
    run: channels,
    ..ASK
});

static NUMSUB: Command = Command::new(Spec {
    name: "numsub",
    complexity: "O(N) in the number of channels asked for",
    summary: "Returns how many listen to each of the channels.",
    syntax: "PUBSUB NUMSUB [channel [channel ...]]",
    run: numsub,
    ..ASK
});

static NUMPAT: Command = Command::new(Spec {
    name: "numpat",
    arity: Arity::Exactly(2),
    summary: "Returns the number of patterns that somebody listens by.",
    syntax: "PUBSUB NUMPAT",
    run: numpat,
    ..ASK
});

static SHARDCHANNELS: Command = Command::new(Spec {
    name: "shardchannels",
    since: "7.0.0",
    complexity: "O(N) in the number of shard channels",
    summary: "Returns the shard channels that somebody listens to.",
    syntax: "PUBSUB SHARDCHANNELS [pattern]",
    run: shardchannels,
    ..ASK
});

static SHARDNUMSUB: Command = Command::new(Spec {
    name: "shardnumsub",
    since: "7.0.0",
    complexity: "O(N) in the number of shard channels asked for",
    summary: "Returns how many listen to each of the shard channels.",
    syntax: "PUBSUB SHARDNUMSUB [shardchannel [shardchannel ...]]",
    run: shardnumsub,
    ..ASK
});

static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::PubSub,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    acl: &["-pubsub"],
    since: "6.2.0",
    summary: "Shows the subcommands.",
    syntax: "PUBSUB HELP",
    run: help,
    ..SPEC
});

fn channels(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    list(ctx, args, Scope::Channel)
}

fn shardchannels(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    list(ctx, args, Scope::Shard)
}

fn numsub(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    count(ctx, args, Scope::Channel);
    Ok(())
}

fn shardnumsub(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    count(ctx, args, Scope::Shard);
    Ok(())
}

fn numpat(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.integer(ctx.engine.pubsub.patterns() as i64);
    Ok(())
}

fn list(ctx: &mut Ctx<'_>, args: Args<'_>, scope: Scope) -> Result<(), CommandError> {
    if args.len() > 3 {
        return Err(CommandError::WrongArity(format!("pubsub|{}", ctx.command.name())));
    }
    let found = ctx.engine.pubsub.channels(scope, args.get(2));
    ctx.reply.array(found.len());
    found.iter().for_each(|name| ctx.reply.bulk(name));
    Ok(())
}

fn count(ctx: &mut Ctx<'_>, args: Args<'_>, scope: Scope) {
    let asked = args.tail(2);
    ctx.reply.array(asked.len() * 2);
    for name in asked {
        ctx.reply.bulk(name);
        ctx.reply.integer(ctx.engine.pubsub.listeners(scope, name) as i64);
    }
}
