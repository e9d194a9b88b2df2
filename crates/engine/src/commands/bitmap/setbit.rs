//! `SETBIT key offset value`

use resp::Args;
use structures::Blob;
use structures::entry::{INLINE_MAX, Put};
use types::bits::{get_bit, set_bit, set_bit_within};

use super::offset::bit_offset;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::{Deadline, Str, string_of};

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
    let (was, grows, long) = match old {
        None => (false, true, false),
        Some(value) => {
            let was = get_bit(value.bytes(&mut itoa::Buffer::new()), offset);
            (was, value.len() < bytes, matches!(value, Str::Blob(_)))
        }
    };
    if was == on && !grows {
        // Nothing changes, so nobody is told.
    } else if long {
        ctx.keys.edit_blob(key, EVENT, |blob| change(blob, offset, (bytes, on)));
    } else {
        let mut value = old.map(Str::to_vec).unwrap_or_default();
        change_short(ctx, key, &mut value, (offset, on));
    }
    ctx.reply.integer(i64::from(was));
    Ok(())
}

fn change(blob: &mut Blob, offset: u64, (bytes, on): (usize, bool)) {
    if blob.len() < bytes {
        blob.resize(bytes);
    }
    set_bit_within(blob.make_mut(), offset, on);
}

fn change_short(ctx: &mut Ctx<'_>, key: &[u8], value: &mut Vec<u8>, (offset, on): (u64, bool)) {
    let bytes = usize::try_from(offset / 8).unwrap_or(usize::MAX) + 1;
    if bytes <= INLINE_MAX {
        set_bit(value, offset, on);
        return ctx.keys.set(key, Put::Bytes(value), Deadline::Keep, EVENT);
    }
    let mut blob = Blob::with_capacity(bytes);
    blob.extend(value);
    change(&mut blob, offset, (bytes, on));
    ctx.keys.set(key, Put::Blob(blob), Deadline::Keep, EVENT);
}
