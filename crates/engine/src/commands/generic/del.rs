//! `DEL key [key ...]`, `UNLINK key [key ...]`
//!
//! Both free what they remove after the locks, so there is only one way to remove.

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, keys};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static DEL: Command = Command::new(Spec {
    name: "del",
    group: Group::Generic,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write],
    keys: &[keys(1, -1, 1, Access::Remove)],
    since: "1.0.0",
    complexity: "O(N) where N is the number of keys; their values are freed later",
    tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
    summary: "Removes keys.",
    syntax: "DEL key [key ...]",
    run: del,
    ..SPEC
});

pub static UNLINK: Command = Command::new(Spec {
    name: "unlink",
    group: Group::Generic,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[keys(1, -1, 1, Access::Remove)],
    since: "4.0.0",
    complexity: "O(N) where N is the number of keys; their values are freed later",
    tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
    summary: "Removes keys without waiting for their memory.",
    syntax: "UNLINK key [key ...]",
    run: del,
    ..SPEC
});

fn del(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let removed = args.tail(1).iter().filter(|key| ctx.keys.delete(key)).count();
    ctx.reply.integer(removed as i64);
    Ok(())
}
