//! `LMOVEM source destination LEFT|RIGHT LEFT|RIGHT [COUNT count|EXACTLY count OBO|BULK]`, `BLMOVEM
//! source destination LEFT|RIGHT LEFT|RIGHT timeout [...]`

use resp::Args;
use types::Side;

use super::ends::{Several, move_several, reply_moved};
use super::{positive, side};
use crate::blocking::{How, Wish, deadline};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::is_word;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static LMOVEM: Command = Command::new(Spec {
    name: "lmovem",
    group: Group::List,
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Take), key(2, Access::Insert)],
    since: "8.10.0",
    complexity: "O(N) in the number of elements moved",
    summary: "Moves several elements from one end of a list to one end of another.",
    syntax: "LMOVEM source destination LEFT|RIGHT LEFT|RIGHT [COUNT count|EXACTLY count OBO|BULK]",
    run: lmovem,
    ..SPEC
});

pub static BLMOVEM: Command = Command::new(Spec {
    name: "blmovem",
    group: Group::List,
    arity: Arity::AtLeast(6),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Blocking],
    keys: &[key(1, Access::Take), key(2, Access::Insert)],
    since: "8.10.0",
    complexity: "O(N) in the number of elements moved",
    summary: "Moves several elements between two lists, or waits until there are enough.",
    syntax: "BLMOVEM source destination LEFT|RIGHT LEFT|RIGHT timeout \
             [COUNT count|EXACTLY count OBO|BULK]",
    run: blmovem,
    ..SPEC
});

fn lmovem(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (from, to) = (side(args, 3)?, side(args, 4)?);
    let several = how_many(args, 5)?;
    let moved = move_several(ctx, (args.at(1), from), (args.at(2), to), several)?;
    reply_moved(&mut ctx.reply, moved);
    Ok(())
}

fn blmovem(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (from, to) = (side(args, 3)?, side(args, 4)?);
    let several = how_many(args, 6)?;
    let until_ms = deadline(args.at(5), ctx.now_ms())?;
    let moved = move_several(ctx, (args.at(1), from), (args.at(2), to), several)?;
    if moved.is_some() || ctx.atomic {
        reply_moved(&mut ctx.reply, moved);
        return Ok(());
    }
    wait(ctx, args, (from, to, several), until_ms);
    Ok(())
}

fn wait(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    (from, to, several): (Side, Side, Several),
    until_ms: Option<u64>,
) {
    let how = How::Several(several);
    let wish = Wish::Move { destination: args.at(2).into(), from, to, how };
    ctx.wait_for(args.head(2).tail(1), wish, until_ms);
}

/// The words from `at` on, which may be none.
fn how_many(args: Args<'_>, at: usize) -> Result<Several, CommandError> {
    let Some(selector) = args.get(at) else {
        return Ok(Several { count: 1, exactly: false, in_bulk: false });
    };
    let (Some(count), Some(order), None) = (args.get(at + 1), args.get(at + 2), args.get(at + 3))
    else {
        return Err(CommandError::Syntax);
    };
    let exactly = is_word(selector, "exactly");
    let in_bulk = is_word(order, "bulk");
    if !exactly && !is_word(selector, "count") || !in_bulk && !is_word(order, "obo") {
        return Err(CommandError::Syntax);
    }
    let count = positive(count, "count should be greater than 0")?;
    Ok(Several { count, exactly, in_bulk })
}
