//! `SCARD key`

use resp::Args;
use types::{Object, Set};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SCARD: Command = Command::new(Spec {
    name: "scard",
    group: Group::Set,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Inspect)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Returns the number of members of a set.",
    syntax: "SCARD key",
    run: scard,
    ..SPEC
});

fn scard(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let len = ctx.keys.read::<Set>(args.at(1))?.map_or(0, Object::len);
    ctx.reply.integer(len as i64);
    Ok(())
}
