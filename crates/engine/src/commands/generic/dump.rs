//! `DUMP key`

use persistence::payload;
use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::snapshot::saved;

pub static DUMP: Command = Command::new(Spec {
    name: "dump",
    group: Group::Generic,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "2.6.0",
    complexity: "O(N) where N is the bytes of the value",
    summary: "Returns a value as bytes that RESTORE takes.",
    syntax: "DUMP key",
    tips: &["nondeterministic_output"],
    run: dump,
    ..SPEC
});

fn dump(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let format = ctx.config.persistence.rdb_format.into();
    match ctx.keys.get(args.at(1)) {
        Some(entry) => ctx.reply.bulk(&payload::seal(saved(entry), format)),
        None => ctx.reply.null(),
    }
    Ok(())
}
