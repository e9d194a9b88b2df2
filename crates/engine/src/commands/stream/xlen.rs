//! `XLEN key`

use resp::Args;
use types::Stream;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static XLEN: Command = Command::new(Spec {
    name: "xlen",
    group: Group::Stream,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Inspect)],
    since: "5.0.0",
    summary: "Returns the number of entries of a stream.",
    syntax: "XLEN key",
    run: xlen,
    ..SPEC
});

fn xlen(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let len = ctx.keys.read::<Stream>(args.at(1))?.map_or(0, Stream::len);
    ctx.reply.integer(len as i64);
    Ok(())
}
