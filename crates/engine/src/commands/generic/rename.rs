//! `RENAME key newkey`, `RENAMENX key newkey`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const FROM: Event = event(Class::Generic, "rename_from");
const TO: Event = event(Class::Generic, "rename_to");

pub static RENAME: Command = Command::new(Spec {
    name: "rename",
    group: Group::Generic,
    arity: Arity::Exactly(3),
    flags: &[Flag::Write],
    keys: &[key(1, Access::Take), key(2, Access::Overwrite)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Gives a value another key, whatever that held.",
    syntax: "RENAME key newkey",
    run: rename,
    ..SPEC
});

pub static RENAMENX: Command = Command::new(Spec {
    name: "renamenx",
    group: Group::Generic,
    arity: Arity::Exactly(3),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Take), key(2, Access::Create)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Gives a value another key if that does not exist.",
    syntax: "RENAMENX key newkey",
    run: renamenx,
    ..SPEC
});

fn rename(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    move_to(ctx, (args.at(1), args.at(2)), false)?;
    ctx.reply.ok();
    Ok(())
}

fn renamenx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let moved = move_to(ctx, (args.at(1), args.at(2)), true)?;
    ctx.reply.integer(i64::from(moved));
    Ok(())
}

/// Moves a value; false where it stays.
fn move_to(
    ctx: &mut Ctx<'_>,
    (from, to): (&[u8], &[u8]),
    only_new: bool,
) -> Result<bool, CommandError> {
    if ctx.keys.peek(from).is_none() {
        return Err(CommandError::NoSuchKey);
    }
    if from == to || only_new && ctx.keys.peek(to).is_some() {
        return Ok(false);
    }
    let parcel = ctx.keys.take(from, FROM);
    if let Some(parcel) = parcel {
        ctx.keys.place(to, parcel, TO);
    }
    Ok(true)
}
