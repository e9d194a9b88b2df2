//! `APPEND key value`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::check_string_len;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::{Deadline, put_string, string_of};

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
    ctx.keys.edit_string(key, EVENT, len + tail.len(), |blob| blob.extend(tail))?;
    ctx.reply.integer((len + tail.len()) as i64);
    Ok(())
}
