//! `HINCRBY key field increment`

use resp::Args;
use resp::number::parse_i64;
use types::{Hash, Item};

use super::writer::{Writer, log_value};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::integer;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const INCREMENTED: Event = event(Class::Hash, "hincrby");

pub static HINCRBY: Command = Command::new(Spec {
    name: "hincrby",
    group: Group::Hash,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Update)],
    since: "2.0.0",
    complexity: "O(1)",
    summary: "Adds an integer to the integer in a field of a hash.",
    syntax: "HINCRBY key field increment",
    element: 2,
    run: hincrby,
    ..SPEC
});

fn hincrby(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, field, increment) = (args.at(1), args.at(2), integer(args.at(3))?);
    let (sizes, writer) = (ctx.sizes(), Writer::new(ctx));
    let mut hash = ctx.keys.write_or_create::<Hash>(key)?;
    let old = match hash.value().live(writer.dead_up_to_ms).get(field) {
        None => Some(0),
        Some(Item::Int(value)) => Some(value),
        Some(Item::Bytes(bytes)) => parse_i64(bytes),
    };
    let old = old.ok_or_else(|| CommandError::err("hash value is not an integer"))?;
    let sum = old.checked_add(increment);
    let sum = sum.ok_or_else(|| CommandError::err("increment or decrement would overflow"))?;
    let mut digits = itoa::Buffer::new();
    let value = digits.format(sum).as_bytes();
    let was_timed = hash.value().is_timed();
    let deadline = writer.update(&mut hash, INCREMENTED, (field, value), &sizes);
    drop(hash);
    if was_timed {
        // compat: who reads the log may see the field as past its deadline.
        log_value(ctx, key, (field, value), deadline);
    }
    ctx.reply.integer(sum);
    Ok(())
}
