//! `BITPOS key bit [start [end [BYTE | BIT]]]`

use resp::Args;
use types::bits;

use super::range::{BitRange, look};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::integer;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static BITPOS: Command = Command::new(Spec {
    name: "bitpos",
    group: Group::Bitmap,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "2.8.7",
    complexity: "O(N) where N is the number of bytes up to the bit that is found",
    summary: "Finds the first set or clear bit of the string at a key.",
    syntax: "BITPOS key bit [start [end [BYTE | BIT]]]",
    run: bitpos,
    ..SPEC
});

fn bitpos(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let value = match integer(args.at(2))? {
        0 => false,
        1 => true,
        _ => return Err(CommandError::err("The bit argument must be 1 or 0.")),
    };
    let range = BitRange::parse(args, 3)?;
    let found = look(ctx, args.at(1), |bytes| {
        let bits = range.bits(bytes.len());
        // Behind a string without a given end there are zeros without end.
        let behind = (!value && !range.has_end() && !bits.is_empty()).then_some(bits.end);
        bits::find(bytes, bits, value).or(behind)
    })?;
    let nothing = (!value).then_some(0);
    ctx.reply.integer(found.unwrap_or(nothing).map_or(-1, |bit| bit as i64));
    Ok(())
}
