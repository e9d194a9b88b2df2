//! `APPEND key value`

use resp::Args;
use structures::Blob;
use structures::entry::{INLINE_MAX, Put};

use crate::arguments::check_string_len;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::{Deadline, Str, put_string, string_of};

const EVENT: Event = event(Class::String, "append");

pub static APPEND: Command = Command::new(Spec {
    name: "append",
    group: Group::String,
    arity: Arity::Exactly(3),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Insert)],
    since: "2.0.0",
    complexity: "O(N) where N is the number of bytes appended, amortized",
    summary: "Adds bytes to the end of the string at a key.",
    syntax: "APPEND key value",
    run: append,
    ..SPEC
});

fn append(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, tail) = (args.at(1), args.at(2));
    let Some(old) = ctx.keys.peek(key).map(string_of).transpose()? else {
        ctx.keys.set(key, put_string(tail), Deadline::Clear, EVENT);
        ctx.reply.integer(tail.len() as i64);
        return Ok(());
    };
    let len = old.len();
    check_string_len(ctx.config, len, tail.len())?;
    let long = matches!(old, Str::Blob(_));
    if long {
        ctx.keys.edit_blob(key, EVENT, |blob| blob.extend(tail));
    } else {
        let old = old.to_vec();
        append_to_short(ctx, key, (&old, tail));
    }
    ctx.reply.integer((len + tail.len()) as i64);
    Ok(())
}

fn append_to_short(ctx: &mut Ctx<'_>, key: &[u8], (old, tail): (&[u8], &[u8])) {
    let len = old.len() + tail.len();
    if len <= INLINE_MAX {
        let mut all = [0; INLINE_MAX];
        all[..old.len()].copy_from_slice(old);
        all[old.len()..len].copy_from_slice(tail);
        ctx.keys.set(key, Put::Bytes(&all[..len]), Deadline::Keep, EVENT);
    } else {
        let mut blob = Blob::with_capacity(len);
        blob.extend(old);
        blob.extend(tail);
        ctx.keys.set(key, Put::Blob(blob), Deadline::Keep, EVENT);
    }
}
