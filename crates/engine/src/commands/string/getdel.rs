//! `GETDEL key`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static GETDEL: Command = Command::new(Spec {
    name: "getdel",
    group: Group::String,
    arity: Arity::Exactly(2),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Take)],
    since: "6.2.0",
    complexity: "O(1)",
    summary: "Returns the string at a key and removes the key.",
    syntax: "GETDEL key",
    run: getdel,
    ..SPEC
});

fn getdel(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let key = args.at(1);
    match ctx.keys.string(key)? {
        Some(value) => value.reply(&mut ctx.reply),
        None => {
            ctx.reply.null();
            return Ok(());
        }
    }
    ctx.keys.delete(key);
    ctx.propagate(&[b"DEL", key]);
    Ok(())
}
