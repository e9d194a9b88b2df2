//! `HLEN key`, `HEXISTS key field`, `HSTRLEN key field`

use resp::Args;
use types::{Hash, Item, Object};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static HLEN: Command = Command::new(Spec {
    name: "hlen",
    group: Group::Hash,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Inspect)],
    since: "2.0.0",
    complexity: "O(1)",
    summary: "Returns the number of fields of a hash.",
    syntax: "HLEN key",
    run: hlen,
    ..SPEC
});

pub static HEXISTS: Command = Command::new(Spec {
    name: "hexists",
    group: Group::Hash,
    arity: Arity::Exactly(3),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Inspect)],
    since: "2.0.0",
    complexity: "O(1)",
    summary: "Says whether a hash has a field.",
    syntax: "HEXISTS key field",
    element: 2,
    run: hexists,
    ..SPEC
});

pub static HSTRLEN: Command = Command::new(Spec {
    name: "hstrlen",
    group: Group::Hash,
    arity: Arity::Exactly(3),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Inspect)],
    since: "3.2.0",
    complexity: "O(1)",
    summary: "Returns the number of bytes of the value of a field of a hash.",
    syntax: "HSTRLEN key field",
    element: 2,
    run: hstrlen,
    ..SPEC
});

fn hlen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    // compat: fields that are past their deadlines and not gone yet are counted.
    let len = ctx.keys.read::<Hash>(args.at(1))?.map_or(0, Object::len);
    ctx.reply.integer(len as i64);
    Ok(())
}

fn hexists(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let hash = ctx.keys.hash(args.at(1))?;
    let found = hash.is_some_and(|hash| hash.contains(args.at(2)));
    ctx.reply.integer(i64::from(found));
    Ok(())
}

fn hstrlen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let hash = ctx.keys.hash(args.at(1))?;
    let value = hash.and_then(|hash| hash.get(args.at(2)));
    ctx.reply.integer(value.map_or(0, Item::len) as i64);
    Ok(())
}
