//! `MSET key value [key value ...]`, `MSETNX key value [key value ...]`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, keys};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SET;
use crate::keyspace::handle::{Deadline, put_string};

pub static MSET: Command = Command::new(Spec {
    name: "mset",
    group: Group::String,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[keys(1, -1, 2, Access::Overwrite)],
    since: "1.0.1",
    complexity: "O(N) where N is the number of keys",
    tips: &["request_policy:multi_shard", "response_policy:all_succeeded"],
    summary: "Gives strings to several keys at once.",
    syntax: "MSET key value [key value ...]",
    run: mset,
    ..SPEC
});

pub static MSETNX: Command = Command::new(Spec {
    name: "msetnx",
    group: Group::String,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[keys(1, -1, 2, Access::Create)],
    since: "1.0.1",
    complexity: "O(N) where N is the number of keys",
    summary: "Gives strings to several keys at once if none of them exists.",
    syntax: "MSETNX key value [key value ...]",
    run: msetnx,
    ..SPEC
});

fn mset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    check_pairs(ctx, args)?;
    set_pairs(ctx, args.tail(1), Deadline::Clear);
    ctx.reply.ok();
    Ok(())
}

fn msetnx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    check_pairs(ctx, args)?;
    let free = args.tail(1).iter().step_by(2).all(|key| ctx.keys.peek(key).is_none());
    if free {
        set_pairs(ctx, args.tail(1), Deadline::Clear);
    }
    ctx.reply.integer(i64::from(free));
    Ok(())
}

fn check_pairs(ctx: &Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    match args.len() % 2 {
        1 => Ok(()),
        _ => Err(CommandError::WrongArity(ctx.command.name().to_owned())),
    }
}

/// Sets every key of a list of keys and values.
pub(super) fn set_pairs(ctx: &mut Ctx<'_>, pairs: Args<'_>, deadline: Deadline) {
    for at in (0..pairs.len()).step_by(2) {
        ctx.keys.set(pairs.at(at), put_string(pairs.at(at + 1)), deadline, SET);
        if matches!(deadline, Deadline::At(_)) {
            ctx.keys.note_expire(pairs.at(at));
        }
    }
}
