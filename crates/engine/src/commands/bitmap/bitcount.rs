//! `BITCOUNT key [start [end [BYTE | BIT]]]`

use resp::Args;
use types::bits;

use super::range::{BitRange, look};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static BITCOUNT: Command = Command::new(Spec {
    name: "bitcount",
    group: Group::Bitmap,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "2.6.0",
    complexity: "O(N) where N is the number of bytes in the range",
    summary: "Counts the set bits of the string at a key.",
    syntax: "BITCOUNT key [start [end [BYTE | BIT]]]",
    run: bitcount,
    ..SPEC
});

fn bitcount(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let range = BitRange::parse(args, 2)?;
    let count = look(ctx, args.at(1), |bytes| match range.is_backwards() {
        true => 0,
        false => bits::count(bytes, range.bits(bytes.len())),
    })?;
    ctx.reply.integer(count.unwrap_or(0) as i64);
    Ok(())
}
