//! `MEMORY USAGE key [SAMPLES count]`: the bytes of the entry and of what it points to. The slot in
//! the table, about eleven bytes, is not counted, as in Valkey.

use resp::Args;
use structures::Payload;
use types::Object;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{integer, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static USAGE: Command = Command::new(Spec {
    name: "usage",
    group: Group::Server,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[key(2, Access::Inspect)],
    since: "4.0.0",
    complexity: "O(N), N being the samples",
    summary: "Returns the bytes that a key and its value take.",
    syntax: "MEMORY USAGE key [SAMPLES count]",
    run: memory_usage,
    ..SPEC
});

/// Values know their bytes, so what is asked for is exact whatever the number of samples says: it
/// is checked, and 0, which asks for all, gets what the others get.
fn memory_usage(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let mut at = 3;
    while let Some(option) = args.get(at) {
        let count = args.get(at + 1).ok_or(CommandError::Syntax)?;
        if !is_word(option, "samples") || integer(count)? < 0 {
            return Err(CommandError::Syntax);
        }
        at += 2;
    }
    match ctx.keys.peek(args.at(2)) {
        None => ctx.reply.null(),
        Some(entry) => {
            let value = match entry.payload() {
                Payload::Bytes(_) | Payload::Int(_) => 0,
                Payload::Blob(blob) => blob.allocated(),
                Payload::Object(value) => value.allocated(),
            };
            ctx.reply.integer((entry.allocated() + value) as i64);
        }
    }
    Ok(())
}
