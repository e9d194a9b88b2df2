//! `SETRANGE key offset value`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{check_string_len, integer};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::{Str, string_of};

const EVENT: Event = event(Class::String, "setrange");

pub static SETRANGE: Command = Command::new(Spec {
    name: "setrange",
    group: Group::String,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Modify)],
    since: "2.2.0",
    complexity: "O(N) where N is the length of the value, and of the zeros in front of it",
    summary: "Overwrites a part of the string at a key, which grows with zeros as needed.",
    syntax: "SETRANGE key offset value",
    run: setrange,
    ..SPEC
});

fn setrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, part) = (args.at(1), args.at(3));
    let offset = usize::try_from(integer(args.at(2))?)
        .map_err(|_| CommandError::err("offset is out of range"))?;
    let old = ctx.keys.peek(key).map(string_of).transpose()?;
    let len = old.map_or(0, Str::len);
    if part.is_empty() {
        ctx.reply.integer(len as i64);
        return Ok(());
    }
    check_string_len(ctx.config, offset, part.len())?;
    let end = offset + part.len();
    let len = len.max(end);
    ctx.keys.edit_string(key, EVENT, len, |blob| {
        if blob.len() < len {
            blob.resize(len);
        }
        blob.make_mut()[offset..end].copy_from_slice(part);
    })?;
    ctx.reply.integer(len as i64);
    Ok(())
}
