//! `LMOVE source destination LEFT|RIGHT LEFT|RIGHT`, `RPOPLPUSH source destination`

use resp::Args;
use types::Side;

use super::ends::move_element;
use super::side;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static LMOVE: Command = Command::new(Spec {
    name: "lmove",
    group: Group::List,
    arity: Arity::Exactly(5),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Take), key(2, Access::Insert)],
    since: "6.2.0",
    complexity: "O(1)",
    summary: "Moves an element from one end of a list to one end of another.",
    syntax: "LMOVE source destination LEFT|RIGHT LEFT|RIGHT",
    run: lmove,
    ..SPEC
});

pub static RPOPLPUSH: Command = Command::new(Spec {
    name: "rpoplpush",
    group: Group::List,
    arity: Arity::Exactly(3),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Take), key(2, Access::Insert)],
    since: "1.2.0",
    complexity: "O(1)",
    summary: "Moves the last element of a list to the head of another.",
    syntax: "RPOPLPUSH source destination",
    run: rpoplpush,
    ..SPEC
});

fn lmove(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (from, to) = (side(args, 3)?, side(args, 4)?);
    move_or_null(ctx, (args.at(1), from), (args.at(2), to), false)
}

fn rpoplpush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    move_or_null(ctx, (args.at(1), Side::Right), (args.at(2), Side::Left), true)
}

fn move_or_null(
    ctx: &mut Ctx<'_>,
    source: (&[u8], Side),
    destination: (&[u8], Side),
    legacy: bool,
) -> Result<(), CommandError> {
    match move_element(ctx, source, destination, legacy)? {
        Some(element) => ctx.reply.bulk(&element),
        None => ctx.reply.null(),
    }
    Ok(())
}
