//! `SINTER key [key ...]`, `SUNION key [key ...]`, `SDIFF key [key ...]`

use std::ops::ControlFlow;

use resp::Args;

use super::algebra::{Operation, each, operands};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, keys};
use crate::ctx::Ctx;
use crate::error::CommandError;

const COMBINE: Spec = Spec {
    group: Group::Set,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly],
    keys: &[keys(1, -1, 1, Access::Read)],
    since: "1.0.0",
    tips: &["nondeterministic_output_order"],
    ..SPEC
};

pub static SINTER: Command = Command::new(Spec {
    name: "sinter",
    complexity: "O(N*M) where N is the size of the smallest set and M the number of sets",
    summary: "Returns the members that all of the sets have.",
    syntax: "SINTER key [key ...]",
    run: sinter,
    ..COMBINE
});

pub static SUNION: Command = Command::new(Spec {
    name: "sunion",
    complexity: "O(N) in the number of members of all sets",
    summary: "Returns the members that any of the sets has.",
    syntax: "SUNION key [key ...]",
    run: sunion,
    ..COMBINE
});

pub static SDIFF: Command = Command::new(Spec {
    name: "sdiff",
    complexity: "O(N) in the number of members of all sets",
    summary: "Returns the members of the first set that no other set has.",
    syntax: "SDIFF key [key ...]",
    run: sdiff,
    ..COMBINE
});

fn sinter(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    combine(ctx, args, Operation::Intersection)
}

fn sunion(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    combine(ctx, args, Operation::Union)
}

fn sdiff(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    combine(ctx, args, Operation::Difference)
}

fn combine(ctx: &mut Ctx<'_>, args: Args<'_>, operation: Operation) -> Result<(), CommandError> {
    let sets = operands(ctx, args.tail(1))?;
    let len = ctx.reply.defer_set();
    let (mut digits, mut count) = (itoa::Buffer::new(), 0);
    each(operation, sets, |member| {
        ctx.reply.bulk(member.bytes(&mut digits));
        count += 1;
        ControlFlow::Continue(())
    });
    ctx.reply.resolve(len, count);
    Ok(())
}
