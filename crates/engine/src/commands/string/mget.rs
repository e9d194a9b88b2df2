//! `MGET key [key ...]`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, keys};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::string_of;

pub static MGET: Command = Command::new(Spec {
    name: "mget",
    group: Group::String,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[keys(1, -1, 1, Access::Read)],
    since: "1.0.0",
    complexity: "O(N) where N is the number of keys",
    tips: &["request_policy:multi_shard"],
    summary: "Returns the strings at several keys.",
    syntax: "MGET key [key ...]",
    run: mget,
    ..SPEC
});

fn mget(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let names = args.tail(1);
    ctx.reply.array(names.len());
    for name in names.iter() {
        match ctx.keys.get(name).map(string_of) {
            Some(Ok(value)) => value.reply(&mut ctx.reply),
            // compat: a key of another type counts as missing here.
            Some(Err(_)) | None => ctx.reply.null(),
        }
    }
    Ok(())
}
