//! `ZPOPMIN key [count]`, `ZPOPMAX key [count]`

use resp::Args;
use resp::number::parse_i64;

use super::pop::{Shape, pop};
use crate::blocking::End;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

const POP: Spec = Spec {
    group: Group::SortedSet,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Take)],
    since: "5.0.0",
    complexity: "O(log(N)*M) with N the size of the set and M the members taken",
    ..SPEC
};

pub static ZPOPMIN: Command = Command::new(Spec {
    name: "zpopmin",
    summary: "Takes the members with the lowest scores.",
    syntax: "ZPOPMIN key [count]",
    run: zpopmin,
    ..POP
});

pub static ZPOPMAX: Command = Command::new(Spec {
    name: "zpopmax",
    summary: "Takes the members with the highest scores.",
    syntax: "ZPOPMAX key [count]",
    run: zpopmax,
    ..POP
});

fn zpopmin(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    take(ctx, args, End::Min)
}

fn zpopmax(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    take(ctx, args, End::Max)
}

fn take(ctx: &mut Ctx<'_>, args: Args<'_>, end: End) -> Result<(), CommandError> {
    if args.len() > 3 {
        return Err(CommandError::Syntax);
    }
    let (count, shape) = match args.get(2) {
        None => (1, Shape::One),
        Some(count) => {
            let count = parse_i64(count).and_then(|count| usize::try_from(count).ok());
            let text = "value is out of range, must be positive";
            (count.ok_or_else(|| CommandError::err(text))?, Shape::Several)
        }
    };
    if pop(&mut ctx.keys, &mut ctx.reply, args.at(1), (end, count), shape)? == 0 {
        ctx.reply.array(0);
    }
    Ok(())
}
