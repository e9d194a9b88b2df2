//! `BZPOPMIN key [key ...] timeout`, `BZPOPMAX key [key ...] timeout`

use resp::Args;

use super::pop::{Shape, pop};
use crate::blocking::{End, Wish, deadline};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, keys};
use crate::ctx::Ctx;
use crate::error::CommandError;

const POP: Spec = Spec {
    group: Group::SortedSet,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::Fast, Flag::Blocking],
    keys: &[keys(1, -2, 1, Access::Take)],
    since: "5.0.0",
    complexity: "O(log(N)) where N is the size of the set",
    ..SPEC
};

pub static BZPOPMIN: Command = Command::new(Spec {
    name: "bzpopmin",
    summary: "Takes the member with the lowest score of the first set that has one, or waits.",
    syntax: "BZPOPMIN key [key ...] timeout",
    run: bzpopmin,
    ..POP
});

pub static BZPOPMAX: Command = Command::new(Spec {
    name: "bzpopmax",
    summary: "Takes the member with the highest score of the first set that has one, or waits.",
    syntax: "BZPOPMAX key [key ...] timeout",
    run: bzpopmax,
    ..POP
});

fn bzpopmin(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    pop_or_wait(ctx, args, End::Min)
}

fn bzpopmax(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    pop_or_wait(ctx, args, End::Max)
}

fn pop_or_wait(ctx: &mut Ctx<'_>, args: Args<'_>, end: End) -> Result<(), CommandError> {
    let until_ms = deadline(args.at(args.len() - 1), ctx.now_ms())?;
    let keys = args.head(args.len() - 1).tail(1);
    for key in keys {
        if pop(&mut ctx.keys, &mut ctx.reply, key, (end, 1), Shape::Keyed)? > 0 {
            ctx.propagate(&[end.command(), key]);
            return Ok(());
        }
    }
    if ctx.atomic {
        ctx.reply.null_array();
    } else {
        ctx.wait_for(keys, Wish::PopSorted { end, count: None }, until_ms);
    }
    Ok(())
}
