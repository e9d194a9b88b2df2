//! `GETBIT key offset`

use resp::Args;
use types::bits::get_bit;

use super::offset::bit_offset;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static GETBIT: Command = Command::new(Spec {
    name: "getbit",
    group: Group::Bitmap,
    arity: Arity::Exactly(3),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "2.2.0",
    complexity: "O(1)",
    summary: "Returns a bit of the string at a key.",
    syntax: "GETBIT key offset",
    run: getbit,
    ..SPEC
});

fn getbit(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let offset = bit_offset(args.at(2), ctx.config)?;
    let value = ctx.keys.string(args.at(1))?;
    let bit = value.is_some_and(|value| get_bit(value.bytes(&mut itoa::Buffer::new()), offset));
    ctx.reply.integer(i64::from(bit));
    Ok(())
}
