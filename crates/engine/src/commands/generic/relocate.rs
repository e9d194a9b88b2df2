//! `MOVE key db`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::database;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const FROM: Event = event(Class::Generic, "move_from");
const TO: Event = event(Class::Generic, "move_to");

pub static MOVE: Command = Command::new(Spec {
    name: "move",
    group: Group::Generic,
    arity: Arity::Exactly(3),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Update)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Moves a key to another database.",
    syntax: "MOVE key db",
    run: relocate,
    ..SPEC
});

fn relocate(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let key = args.at(1);
    let source = ctx.keys.db;
    let target = database(args.at(2), ctx.config)?;
    if source == target {
        return Err(CommandError::SameObject);
    }
    ctx.keys.db = target;
    let taken = ctx.keys.peek(key).is_some();
    ctx.keys.db = source;
    let parcel = if taken { None } else { ctx.keys.take(key, FROM) };
    let moved = parcel.is_some();
    if let Some(parcel) = parcel {
        ctx.keys.db = target;
        ctx.keys.place(key, parcel, TO);
        ctx.keys.db = source;
    }
    ctx.reply.integer(i64::from(moved));
    Ok(())
}
