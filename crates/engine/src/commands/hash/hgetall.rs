//! `HGETALL key`, `HKEYS key`, `HVALS key`

use resp::{Args, Reply};
use types::{Hash, Item};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::long_reply::{self, by_cursor};
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
    let dead_up_to_ms = ctx.keys.mark.dead_up_to_ms;
    let Some(hash) = ctx.keys.read::<Hash>(args.at(1))? else {
        ctx.reply.map(0);
        return Ok(());
    };
    let count = hash.live(dead_up_to_ms).count();
    ctx.reply.map(count);
    let step = by_cursor(move |hash: &Hash, cursor, reply: &mut Reply<'_>| {
        let mut digits = itoa::Buffer::new();
        hash.live(dead_up_to_ms).scan(cursor, |field, value| {
            reply.bulk(field.bytes(&mut digits));
            reply.bulk(value.bytes(&mut digits));
        })
    });
    long_reply::write(&mut ctx.reply, ctx.engine, (hash, count), step);
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
    choose: impl for<'a> Fn((Item<'a>, Item<'a>)) -> Item<'a> + Send + 'static,
) -> Result<(), CommandError> {
    let dead_up_to_ms = ctx.keys.mark.dead_up_to_ms;
    let Some(hash) = ctx.keys.read::<Hash>(args.at(1))? else {
        ctx.reply.array(0);
        return Ok(());
    };
    let count = hash.live(dead_up_to_ms).count();
    ctx.reply.array(count);
    let step = by_cursor(move |hash: &Hash, cursor, reply: &mut Reply<'_>| {
        let mut digits = itoa::Buffer::new();
        let live = hash.live(dead_up_to_ms);
        live.scan(cursor, |field, value| reply.bulk(choose((field, value)).bytes(&mut digits)))
    });
    long_reply::write(&mut ctx.reply, ctx.engine, (hash, count), step);
    Ok(())
}
