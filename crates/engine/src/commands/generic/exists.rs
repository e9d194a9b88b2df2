//! `EXISTS key [key ...]`, `TOUCH key [key ...]`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, keys};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static EXISTS: Command = Command::new(Spec {
    name: "exists",
    group: Group::Generic,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[keys(1, -1, 1, Access::Inspect)],
    since: "1.0.0",
    complexity: "O(N) where N is the number of keys",
    tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
    summary: "Counts the keys that exist.",
    syntax: "EXISTS key [key ...]",
    run: exists,
    ..SPEC
});

pub static TOUCH: Command = Command::new(Spec {
    name: "touch",
    group: Group::Generic,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[keys(1, -1, 1, Access::Inspect)],
    since: "3.2.1",
    complexity: "O(N) where N is the number of keys",
    tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
    summary: "Marks keys as used, and counts those that exist.",
    syntax: "TOUCH key [key ...]",
    run: touch,
    ..SPEC
});

fn exists(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let found = args.tail(1).iter().filter(|key| ctx.keys.inspect(key).is_some()).count();
    ctx.reply.integer(found as i64);
    Ok(())
}

fn touch(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    // compat: this one leaves a mark even after CLIENT NO-TOUCH.
    let no_touch = std::mem::replace(&mut ctx.keys.mark.no_touch, false);
    let found = args.tail(1).iter().filter(|key| ctx.keys.get(key).is_some()).count();
    ctx.keys.mark.no_touch = no_touch;
    ctx.reply.integer(found as i64);
    Ok(())
}
