//! `ZCARD key`

use resp::Args;
use types::{Object, SortedSet};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static ZCARD: Command = Command::new(Spec {
    name: "zcard",
    group: Group::SortedSet,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Inspect)],
    since: "1.2.0",
    complexity: "O(1)",
    summary: "Returns the number of members of a sorted set.",
    syntax: "ZCARD key",
    run: zcard,
    ..SPEC
});

fn zcard(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let len = ctx.keys.read::<SortedSet>(args.at(1))?.map_or(0, Object::len);
    ctx.reply.integer(len as i64);
    Ok(())
}
