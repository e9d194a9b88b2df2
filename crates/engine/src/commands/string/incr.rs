//! `INCR key`, `DECR key`, `INCRBY key increment`, `DECRBY key decrement`
//!
//! HOT: counters are the second most frequent write.

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::integer;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const EVENT: Event = event(Class::String, "incrby");

/// What the four have in common.
const COUNTER: Spec = Spec {
    group: Group::String,
    arity: Arity::Exactly(2),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Update)],
    since: "1.0.0",
    ..SPEC
};

pub static INCR: Command = Command::new(Spec {
    name: "incr",
    summary: "Adds one to the integer at a key.",
    syntax: "INCR key",
    run: incr,
    ..COUNTER
});

pub static DECR: Command = Command::new(Spec {
    name: "decr",
    summary: "Takes one from the integer at a key.",
    syntax: "DECR key",
    run: decr,
    ..COUNTER
});

pub static INCRBY: Command = Command::new(Spec {
    name: "incrby",
    arity: Arity::Exactly(3),
    summary: "Adds a number to the integer at a key.",
    syntax: "INCRBY key increment",
    run: incrby,
    ..COUNTER
});

pub static DECRBY: Command = Command::new(Spec {
    name: "decrby",
    arity: Arity::Exactly(3),
    summary: "Takes a number from the integer at a key.",
    syntax: "DECRBY key decrement",
    run: decrby,
    ..COUNTER
});

fn incr(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    add(ctx, args.at(1), 1)
}

fn decr(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    add(ctx, args.at(1), -1)
}

fn incrby(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    add(ctx, args.at(1), integer(args.at(2))?)
}

fn decrby(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let less = integer(args.at(2))?.checked_neg();
    add(ctx, args.at(1), less.ok_or_else(|| CommandError::err("decrement would overflow"))?)
}

fn add(ctx: &mut Ctx<'_>, key: &[u8], more: i64) -> Result<(), CommandError> {
    let sum = ctx.keys.update_integer(key, EVENT, |old| {
        let sum = old.checked_add(more);
        sum.ok_or_else(|| CommandError::err("increment or decrement would overflow"))
    })?;
    ctx.reply.integer(sum);
    Ok(())
}
