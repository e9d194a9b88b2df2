//! `SUBSCRIBE channel [channel ...]`, `UNSUBSCRIBE [channel [channel ...]]`, and the same for
//! patterns and shard channels.

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, keys};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::pubsub::Scope;
use crate::session::Session;

const LISTEN: Spec = Spec {
    group: Group::PubSub,
    arity: Arity::AtLeast(2),
    flags: &[Flag::PubSub, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "2.0.0",
    complexity: "O(N) in the number of names",
    ..SPEC
};

const LEAVE: Spec = Spec { arity: Arity::AtLeast(1), ..LISTEN };

pub static SUBSCRIBE: Command = Command::new(Spec {
    name: "subscribe",
    summary: "Listens to channels.",
    syntax: "SUBSCRIBE channel [channel ...]",
    run: subscribe,
    ..LISTEN
});

pub static PSUBSCRIBE: Command = Command::new(Spec {
    name: "psubscribe",
    summary: "Listens to all channels whose names match patterns.",
    syntax: "PSUBSCRIBE pattern [pattern ...]",
    run: psubscribe,
    ..LISTEN
});

pub static SSUBSCRIBE: Command = Command::new(Spec {
    name: "ssubscribe",
    keys: &[keys(1, -1, 1, Access::Channel)],
    since: "7.0.0",
    summary: "Listens to shard channels.",
    syntax: "SSUBSCRIBE shardchannel [shardchannel ...]",
    run: ssubscribe,
    ..LISTEN
});

pub static UNSUBSCRIBE: Command = Command::new(Spec {
    name: "unsubscribe",
    summary: "Stops listening to channels, or to all of them.",
    syntax: "UNSUBSCRIBE [channel [channel ...]]",
    run: unsubscribe,
    ..LEAVE
});

pub static PUNSUBSCRIBE: Command = Command::new(Spec {
    name: "punsubscribe",
    summary: "Stops listening by patterns, or by all of them.",
    syntax: "PUNSUBSCRIBE [pattern [pattern ...]]",
    run: punsubscribe,
    ..LEAVE
});

pub static SUNSUBSCRIBE: Command = Command::new(Spec {
    name: "sunsubscribe",
    flags: &[Flag::PubSub, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::NoMandatoryKeys],
    keys: &[keys(1, -1, 1, Access::Channel)],
    since: "7.0.0",
    summary: "Stops listening to shard channels, or to all of them.",
    syntax: "SUNSUBSCRIBE [shardchannel [shardchannel ...]]",
    run: sunsubscribe,
    ..LEAVE
});

fn subscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    listen(ctx, args, Scope::Channel)
}

fn psubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    listen(ctx, args, Scope::Pattern)
}

fn ssubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    listen(ctx, args, Scope::Shard)
}

fn unsubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    leave(ctx, args, Scope::Channel)
}

fn punsubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    leave(ctx, args, Scope::Pattern)
}

fn sunsubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    leave(ctx, args, Scope::Shard)
}

fn listen(ctx: &mut Ctx<'_>, args: Args<'_>, scope: Scope) -> Result<(), CommandError> {
    let listener = (ctx.session.worker, ctx.session.info.id);
    for name in args.tail(1) {
        if ctx.session.subscriptions.get_or_insert_default().add(scope, name) {
            ctx.engine.pubsub.subscribe(scope, name, listener);
        }
        confirm(ctx, Confirmed::Listening(scope), Some(name));
    }
    note_count(ctx.session, scope);
    Ok(())
}

fn leave(ctx: &mut Ctx<'_>, args: Args<'_>, scope: Scope) -> Result<(), CommandError> {
    let names: Vec<Vec<u8>> = if args.len() > 1 {
        args.tail(1).iter().map(<[u8]>::to_vec).collect()
    } else {
        let subscriptions = ctx.session.subscriptions.iter();
        subscriptions.flat_map(|all| all.of(scope)).map(<[u8]>::to_vec).collect()
    };
    let listener = (ctx.session.worker, ctx.session.info.id);
    for name in &names {
        let mut subscriptions = ctx.session.subscriptions.iter_mut();
        if subscriptions.any(|subscriptions| subscriptions.remove(scope, name)) {
            ctx.engine.pubsub.unsubscribe(scope, name, listener);
        }
        confirm(ctx, Confirmed::Left(scope), Some(name));
    }
    if names.is_empty() {
        confirm(ctx, Confirmed::Left(scope), None);
    }
    note_count(ctx.session, scope);
    Ok(())
}

enum Confirmed {
    Listening(Scope),
    Left(Scope),
}

impl Confirmed {
    fn name(&self) -> &'static [u8] {
        match self {
            Confirmed::Listening(Scope::Channel) => b"subscribe",
            Confirmed::Listening(Scope::Pattern) => b"psubscribe",
            Confirmed::Listening(Scope::Shard) => b"ssubscribe",
            Confirmed::Left(Scope::Channel) => b"unsubscribe",
            Confirmed::Left(Scope::Pattern) => b"punsubscribe",
            Confirmed::Left(Scope::Shard) => b"sunsubscribe",
        }
    }

    fn scope(&self) -> Scope {
        match self {
            Confirmed::Listening(scope) | Confirmed::Left(scope) => *scope,
        }
    }
}

/// One reply per name: what was done, the name, and how much the client listens to now. Shard
/// channels are counted alone.
fn confirm(ctx: &mut Ctx<'_>, what: Confirmed, name: Option<&[u8]>) {
    let count = ctx.session.subscriptions.as_ref().map_or(0, |all| match what.scope() {
        Scope::Shard => all.count_of(Scope::Shard),
        Scope::Channel | Scope::Pattern => all.count() - all.count_of(Scope::Shard),
    });
    ctx.reply.push(3);
    ctx.reply.bulk(what.name());
    match name {
        Some(name) => ctx.reply.bulk(name),
        None => ctx.reply.null(),
    }
    ctx.reply.integer(count as i64);
}

fn note_count(session: &mut Session, scope: Scope) {
    let count = session.subscriptions.as_ref().map_or(0, |all| all.count_of(scope));
    session.info.subscriptions[scope as usize].set(count as u64);
    session.refresh_guard();
}
