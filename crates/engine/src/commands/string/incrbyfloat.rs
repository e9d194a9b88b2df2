//! `INCRBYFLOAT key increment`

use resp::Args;
use types::long_double::incr_by_float;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::{Deadline, Str, put_string, string_of};

pub(super) const EVENT: Event = event(Class::String, "incrbyfloat");

pub static INCRBYFLOAT: Command = Command::new(Spec {
    name: "incrbyfloat",
    group: Group::String,
    arity: Arity::Exactly(3),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Update)],
    since: "2.6.0",
    complexity: "O(1)",
    summary: "Adds a number to the number at a key.",
    syntax: "INCRBYFLOAT key increment",
    run: incrbyfloat,
    ..SPEC
});

fn incrbyfloat(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let key = args.at(1);
    let mut digits = itoa::Buffer::new();
    let old = ctx.keys.peek(key).map(string_of).transpose()?.unwrap_or(Str::Int(0));
    let sum = incr_by_float(old.bytes(&mut digits), args.at(2))
        .map_err(|error| CommandError::text(error.to_string()))?;
    ctx.keys.set(key, put_string(&sum), Deadline::Keep, EVENT);
    ctx.propagate(&[b"SET", key, &sum, b"KEEPTTL"]);
    ctx.reply.bulk(&sum);
    Ok(())
}
