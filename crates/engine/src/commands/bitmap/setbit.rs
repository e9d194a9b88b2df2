//! `SETBIT key offset value`

use resp::Args;
use types::bits::{get_bit, set_bit_within};

use super::offset::bit_offset;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::string_of;

const EVENT: Event = event(Class::String, "setbit");

pub static SETBIT: Command = Command::new(Spec {
    name: "setbit",
    group: Group::Bitmap,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Update)],
    since: "2.2.0",
    complexity: "O(1)",
    summary: "Sets or clears a bit of the string at a key and returns what it was.",
    syntax: "SETBIT key offset value",
    run: setbit,
    ..SPEC
});

fn setbit(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let key = args.at(1);
    let offset = bit_offset(args.at(2), ctx.config)?;
    let on = match args.at(3) {
        b"0" => false,
        b"1" => true,
        _ => return Err(CommandError::err("bit is not an integer or out of range")),
    };
    let old = ctx.keys.peek(key).map(string_of).transpose()?;
    let bytes = usize::try_from(offset / 8).unwrap_or(usize::MAX) + 1;
    let (was, grows) = match old {
        None => (false, true),
        Some(value) => {
            (get_bit(value.bytes(&mut itoa::Buffer::new()), offset), value.len() < bytes)
        }
    };
    // Where nothing changes, nobody is told.
    if was != on || grows {
        ctx.keys.edit_string(key, EVENT, bytes, |blob| {
            if blob.len() < bytes {
                blob.resize(bytes);
            }
            set_bit_within(blob.make_mut(), offset, on);
        })?;
    }
    ctx.reply.integer(i64::from(was));
    Ok(())
}
