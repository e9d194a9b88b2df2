//! `TYPE key`

use resp::Args;
use structures::entry::{EntryRef, Payload};
use types::{Object, Value};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static TYPE: Command = Command::new(Spec {
    name: "type",
    group: Group::Generic,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Inspect)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Returns the type of the value at a key.",
    syntax: "TYPE key",
    run: kind,
    ..SPEC
});

fn kind(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let name = ctx.keys.inspect(args.at(1)).map_or("none", type_name);
    ctx.reply.status(name);
    Ok(())
}

/// The type of an entry's value, as clients name it.
pub fn type_name(entry: EntryRef<'_, Value>) -> &'static str {
    match entry.payload() {
        Payload::Bytes(_) | Payload::Int(_) | Payload::Blob(_) => "string",
        Payload::Object(value) => value.type_name(),
    }
}
