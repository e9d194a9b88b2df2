//! `LLEN key`

use resp::Args;
use types::{List, Object};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static LLEN: Command = Command::new(Spec {
    name: "llen",
    group: Group::List,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Inspect)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Returns the number of elements of a list.",
    syntax: "LLEN key",
    run: llen,
    ..SPEC
});

fn llen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let len = ctx.keys.read::<List>(args.at(1))?.map_or(0, List::len);
    ctx.reply.integer(len as i64);
    Ok(())
}
