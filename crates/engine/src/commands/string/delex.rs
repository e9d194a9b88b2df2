//! `DELEX key [IFEQ value | IFNE value | IFDEQ digest | IFDNE digest]`, `DELIFEQ key value`

use resp::Args;

use super::options::Condition;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::string_of;

pub static DELEX: Command = Command::new(Spec {
    name: "delex",
    group: Group::String,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Delete)],
    since: "8.4.0",
    complexity: "O(1), or O(N) for digests where N is the length of the string",
    summary: "Removes a key if its string, or the digest of that, is or is not this one.",
    syntax: "DELEX key [IFEQ value | IFNE value | IFDEQ digest | IFDNE digest]",
    run: delex,
    ..SPEC
});

pub static DELIFEQ: Command = Command::new(Spec {
    name: "delifeq",
    group: Group::String,
    arity: Arity::Exactly(3),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Remove)],
    since: "9.0.0",
    complexity: "O(1)",
    summary: "Removes a key if its string is this one.",
    syntax: "DELIFEQ key value",
    run: delifeq,
    ..SPEC
});

fn delex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let condition = match args.len() {
        2 => Condition::None,
        4 => Condition::comparison(args.at(2), args.at(3)).ok_or_else(|| {
            CommandError::err("Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE")
        })?,
        _ => return Err(CommandError::WrongArity("delex".into())),
    };
    condition.check_digest()?;
    let wrong_type = "Key should be of string type if conditions are specified";
    delete_if(ctx, args.at(1), condition).map_err(|error| match error {
        CommandError::WrongType => CommandError::err(wrong_type),
        other => other,
    })
}

fn delifeq(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    delete_if(ctx, args.at(1), Condition::Equal(args.at(2)))
}

fn delete_if(ctx: &mut Ctx<'_>, key: &[u8], condition: Condition<'_>) -> Result<(), CommandError> {
    let goes = match ctx.keys.peek(key) {
        None => false,
        Some(entry) if condition.compares() => condition.holds_for(string_of(entry)?),
        Some(_) => true,
    };
    if goes {
        ctx.keys.delete(key);
        ctx.propagate(&[b"DEL", key]);
    }
    ctx.reply.integer(i64::from(goes));
    Ok(())
}
