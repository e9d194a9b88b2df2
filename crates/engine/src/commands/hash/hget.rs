//! `HGET key field`, `HMGET key field [field ...]`

use resp::{Args, Reply};
use types::Item;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static HGET: Command = Command::new(Spec {
    name: "hget",
    group: Group::Hash,
    arity: Arity::Exactly(3),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "2.0.0",
    complexity: "O(1)",
    summary: "Returns the value of a field of a hash.",
    syntax: "HGET key field",
    element: 2,
    run: hget,
    ..SPEC
});

pub static HMGET: Command = Command::new(Spec {
    name: "hmget",
    group: Group::Hash,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "2.0.0",
    complexity: "O(1) for each field",
    summary: "Returns the values of several fields of a hash.",
    syntax: "HMGET key field [field ...]",
    element: 2,
    run: hmget,
    ..SPEC
});

fn hget(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let hash = ctx.keys.hash(args.at(1))?;
    reply_value(&mut ctx.reply, hash.and_then(|hash| hash.get(args.at(2))));
    Ok(())
}

fn hmget(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let hash = ctx.keys.hash(args.at(1))?;
    ctx.reply.array(args.len() - 2);
    for field in args.tail(2) {
        reply_value(&mut ctx.reply, hash.and_then(|hash| hash.get(field)));
    }
    Ok(())
}

/// Replies with the value of a field, or with nothing.
pub(super) fn reply_value(reply: &mut Reply<'_>, value: Option<Item<'_>>) {
    match value {
        Some(Item::Bytes(bytes)) => reply.bulk(bytes),
        Some(Item::Int(value)) => reply.bulk(itoa::Buffer::new().format(value).as_bytes()),
        None => reply.null(),
    }
}
