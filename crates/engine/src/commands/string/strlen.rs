//! `STRLEN key`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::Str;

pub static STRLEN: Command = Command::new(Spec {
    name: "strlen",
    group: Group::String,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Inspect)],
    since: "2.2.0",
    complexity: "O(1)",
    summary: "Returns the length of the string at a key.",
    syntax: "STRLEN key",
    run: strlen,
    ..SPEC
});

fn strlen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let len = ctx.keys.string(args.at(1))?.map_or(0, Str::len);
    ctx.reply.integer(len as i64);
    Ok(())
}
