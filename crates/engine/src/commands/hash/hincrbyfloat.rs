//! `HINCRBYFLOAT key field increment`
//!
//! The sum is logged, as `HSET`: how it prints must not depend on who computes it.

use resp::Args;
use types::long_double::{LongDouble, incr_by_float};
use types::{Hash, Item};

use super::writer::{Writer, log_value};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const INCREMENTED: Event = event(Class::Hash, "hincrbyfloat");

pub static HINCRBYFLOAT: Command = Command::new(Spec {
    name: "hincrbyfloat",
    group: Group::Hash,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Update)],
    since: "2.6.0",
    complexity: "O(1)",
    summary: "Adds a number to the number in a field of a hash.",
    syntax: "HINCRBYFLOAT key field increment",
    run: hincrbyfloat,
    ..SPEC
});

fn hincrbyfloat(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, field, increment) = (args.at(1), args.at(2), args.at(3));
    let parsed = LongDouble::parse(increment).ok_or(CommandError::NotFloat)?;
    if !parsed.is_finite() {
        return Err(CommandError::err("value is NaN or Infinity"));
    }
    let (sizes, writer) = (ctx.sizes(), Writer::new(ctx));
    let mut hash = ctx.keys.write_or_create::<Hash>(key)?;
    let old = hash.value().live(writer.dead_up_to_ms).get(field).unwrap_or(Item::Int(0)).to_vec();
    if LongDouble::parse(&old).is_none() {
        return Err(CommandError::err("hash value is not a float"));
    }
    let sum =
        incr_by_float(&old, increment).map_err(|error| CommandError::text(error.to_string()))?;
    let deadline = writer.update(&mut hash, INCREMENTED, (field, &sum), &sizes);
    drop(hash);
    log_value(ctx, key, (field, &sum), deadline);
    ctx.reply.bulk(&sum);
    Ok(())
}
