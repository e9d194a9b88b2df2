//! `DIGEST key`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static DIGEST: Command = Command::new(Spec {
    name: "digest",
    group: Group::String,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "8.4.0",
    complexity: "O(N) where N is the length of the string",
    summary: "Returns the digest of the string at a key, in hexadecimal.",
    syntax: "DIGEST key",
    run: digest,
    ..SPEC
});

fn digest(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    match ctx.keys.string(args.at(1))? {
        Some(value) => {
            let digest = types::digest::digest(value.bytes(&mut itoa::Buffer::new()));
            ctx.reply.bulk(&digest);
        }
        None => ctx.reply.null(),
    }
    Ok(())
}
