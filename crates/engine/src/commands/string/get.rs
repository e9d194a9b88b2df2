//! `GET key`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static GET: Command = Command::new(Spec {
    name: "get",
    group: Group::String,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Returns the string at a key.",
    syntax: "GET key",
    run: get,
    ..SPEC
});

fn get(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    match ctx.keys.string(args.at(1))? {
        Some(value) => value.reply(&mut ctx.reply),
        None => ctx.reply.null(),
    }
    Ok(())
}
