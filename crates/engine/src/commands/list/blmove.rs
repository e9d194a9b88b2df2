//! `BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout`, `BRPOPLPUSH source destination
//! timeout`

use resp::Args;
use types::Side;

use super::ends::move_element;
use super::side;
use crate::blocking::{How, Wish, deadline};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static BLMOVE: Command = Command::new(Spec {
    name: "blmove",
    group: Group::List,
    arity: Arity::Exactly(6),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Blocking],
    keys: &[key(1, Access::Take), key(2, Access::Insert)],
    since: "6.2.0",
    complexity: "O(1)",
    summary: "Moves an element between two lists, or waits for one to move.",
    syntax: "BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout",
    run: blmove,
    ..SPEC
});

pub static BRPOPLPUSH: Command = Command::new(Spec {
    name: "brpoplpush",
    group: Group::List,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Blocking],
    keys: &[key(1, Access::Take), key(2, Access::Insert)],
    since: "2.2.0",
    complexity: "O(1)",
    summary: "Moves the last element of a list to the head of another, or waits for one to move.",
    syntax: "BRPOPLPUSH source destination timeout",
    run: brpoplpush,
    ..SPEC
});

fn blmove(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (from, to) = (side(args, 3)?, side(args, 4)?);
    let until_ms = deadline(args.at(5), ctx.now_ms())?;
    move_or_wait(ctx, args, (from, to, false), until_ms)
}

fn brpoplpush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let until_ms = deadline(args.at(3), ctx.now_ms())?;
    move_or_wait(ctx, args, (Side::Right, Side::Left, true), until_ms)
}

fn move_or_wait(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    (from, to, legacy): (Side, Side, bool),
    until_ms: Option<u64>,
) -> Result<(), CommandError> {
    match move_element(ctx, (args.at(1), from), (args.at(2), to), legacy)? {
        Some(element) => ctx.reply.bulk(&element),
        None if ctx.atomic => ctx.reply.null(),
        None => {
            let how = How::One { legacy };
            let wish = Wish::Move { destination: args.at(2).into(), from, to, how };
            ctx.wait_for(args.head(2).tail(1), wish, until_ms);
        }
    }
    Ok(())
}
