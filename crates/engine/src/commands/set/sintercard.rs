//! `SINTERCARD numkeys key [key ...] [LIMIT limit]`,
//! `SUNIONCARD numkeys key [key ...] [APPROX] [LIMIT limit]`,
//! `SDIFFCARD numkeys key [key ...] [LIMIT limit]`

use std::ops::ControlFlow;

use resp::Args;

use super::algebra::{Operation, each, operands};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, counted};
use crate::commands::arguments::{Words, integer_or, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;

const CARD: Spec = Spec {
    group: Group::Set,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[counted(1, 1, Access::Read)],
    ..SPEC
};

pub static SINTERCARD: Command = Command::new(Spec {
    name: "sintercard",
    since: "7.0.0",
    complexity: "O(N*M) where N is the size of the smallest set and M the number of sets",
    summary: "Counts the members that all of the sets have.",
    syntax: "SINTERCARD numkeys key [key ...] [LIMIT limit]",
    run: sintercard,
    ..CARD
});

pub static SUNIONCARD: Command = Command::new(Spec {
    name: "sunioncard",
    since: "8.10.0",
    complexity: "O(N) in the number of members of all sets",
    summary: "Counts the members that any of the sets has.",
    syntax: "SUNIONCARD numkeys key [key ...] [APPROX] [LIMIT limit]",
    run: sunioncard,
    ..CARD
});

pub static SDIFFCARD: Command = Command::new(Spec {
    name: "sdiffcard",
    since: "8.10.0",
    complexity: "O(N) in the number of members of all sets",
    summary: "Counts the members of the first set that no other set has.",
    syntax: "SDIFFCARD numkeys key [key ...] [LIMIT limit]",
    run: sdiffcard,
    ..CARD
});

fn sintercard(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    card(ctx, args, Operation::Intersection)
}

fn sunioncard(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    card(ctx, args, Operation::Union)
}

fn sdiffcard(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    card(ctx, args, Operation::Difference)
}

fn card(ctx: &mut Ctx<'_>, args: Args<'_>, operation: Operation) -> Result<(), CommandError> {
    let (keys, limit) = parse(args, operation)?;
    let mut count = 0;
    each(operation, operands(ctx, keys)?, |_| {
        count += 1;
        if count == limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    ctx.reply.integer(count);
    Ok(())
}

/// The keys, and after how many members to stop, 0 for never.
fn parse(args: Args<'_>, operation: Operation) -> Result<(Args<'_>, i64), CommandError> {
    const TOO_FEW: &str = "numkeys should be greater than 0";
    let count = integer_or(args.at(1), TOO_FEW)?;
    let count = usize::try_from(count).ok().filter(|&count| count > 0);
    let count = count.ok_or_else(|| CommandError::err(TOO_FEW))?;
    if count > args.len() - 2 {
        return Err(CommandError::err("Number of keys can't be greater than number of args"));
    }
    let (mut limit, mut words) = (0, Words::new(args, 2 + count));
    while let Some(word) = words.next() {
        if is_word(word, "LIMIT") {
            const NEGATIVE: &str = "LIMIT can't be negative";
            limit = integer_or(words.argument()?, NEGATIVE)?;
            if limit < 0 {
                return Err(CommandError::err(NEGATIVE));
            }
        } else if !(is_word(word, "APPROX") && operation == Operation::Union) {
            // deviates: an exact count is a good approximation, so APPROX changes nothing.
            return Err(CommandError::Syntax);
        }
    }
    Ok((args.head(2 + count).tail(2), limit))
}
