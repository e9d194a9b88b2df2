//! `HGETALL key`, `HKEYS key`, `HVALS key`

use resp::Args;
use types::Item;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static HGETALL: Command = Command::new(Spec {
    name: "hgetall",
    group: Group::Hash,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "2.0.0",
    complexity: "O(N) in the number of fields",
    tips: &["nondeterministic_output_order"],
    summary: "Returns all fields of a hash with their values.",
    syntax: "HGETALL key",
    run: hgetall,
    ..SPEC
});

pub static HKEYS: Command = Command::new(Spec {
    name: "hkeys",
    group: Group::Hash,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "2.0.0",
    complexity: "O(N) in the number of fields",
    tips: &["nondeterministic_output_order"],
    summary: "Returns all fields of a hash.",
    syntax: "HKEYS key",
    run: hkeys,
    ..SPEC
});

pub static HVALS: Command = Command::new(Spec {
    name: "hvals",
    group: Group::Hash,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "2.0.0",
    complexity: "O(N) in the number of fields",
    tips: &["nondeterministic_output_order"],
    summary: "Returns the values of all fields of a hash.",
    syntax: "HVALS key",
    run: hvals,
    ..SPEC
});

fn hgetall(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let Some(hash) = ctx.keys.hash(args.at(1))? else {
        ctx.reply.map(0);
        return Ok(());
    };
    ctx.reply.map(hash.count());
    let mut digits = itoa::Buffer::new();
    for (field, value) in hash {
        ctx.reply.bulk(field.bytes(&mut digits));
        ctx.reply.bulk(value.bytes(&mut digits));
    }
    Ok(())
}

fn hkeys(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    list(ctx, args, |(field, _)| field)
}

fn hvals(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    list(ctx, args, |(_, value)| value)
}

fn list(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    choose: impl for<'a> Fn((Item<'a>, Item<'a>)) -> Item<'a>,
) -> Result<(), CommandError> {
    let Some(hash) = ctx.keys.hash(args.at(1))? else {
        ctx.reply.array(0);
        return Ok(());
    };
    ctx.reply.array(hash.count());
    let mut digits = itoa::Buffer::new();
    hash.iter().for_each(|pair| ctx.reply.bulk(choose(pair).bytes(&mut digits)));
    Ok(())
}
