//! `LMPOP numkeys key [key ...] LEFT|RIGHT [COUNT count]`, `BLMPOP timeout numkeys ...`

use resp::Args;
use types::{List, Side};

use super::ends::{fill, pop_name, pop_several};
use super::{positive, side};
use crate::blocking::{Wish, deadline};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, counted};
use crate::commands::arguments::is_word;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static LMPOP: Command = Command::new(Spec {
    name: "lmpop",
    group: Group::List,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write],
    keys: &[counted(1, 1, Access::Take)],
    since: "7.0.0",
    complexity: "O(N+M) in the number of keys and of elements returned",
    summary: "Takes elements from the first list that has any.",
    syntax: "LMPOP numkeys key [key ...] LEFT|RIGHT [COUNT count]",
    run: lmpop,
    ..SPEC
});

pub static BLMPOP: Command = Command::new(Spec {
    name: "blmpop",
    group: Group::List,
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::Blocking],
    keys: &[counted(2, 1, Access::Take)],
    since: "7.0.0",
    complexity: "O(N+M) in the number of keys and of elements returned",
    summary: "Takes elements from the first list that has any, or waits for one.",
    syntax: "BLMPOP timeout numkeys key [key ...] LEFT|RIGHT [COUNT count]",
    run: blmpop,
    ..SPEC
});

/// What is asked for.
struct Request<'a> {
    keys: Args<'a>,
    side: Side,
    count: usize,
}

fn lmpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let request = parse(args, 1)?;
    if !pop_from_first(ctx, &request)? {
        ctx.reply.null_array();
    }
    Ok(())
}

fn blmpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let request = parse(args, 2)?;
    let until_ms = deadline(args.at(1), ctx.now_ms())?;
    if pop_from_first(ctx, &request)? {
        return Ok(());
    }
    if ctx.atomic {
        ctx.reply.null_array();
    } else {
        ctx.wait_for(request.keys, Wish::PopSeveral(request.side, request.count), until_ms);
    }
    Ok(())
}

/// Pops from the first key that holds a list; false where none does.
fn pop_from_first(ctx: &mut Ctx<'_>, request: &Request<'_>) -> Result<bool, CommandError> {
    let fill = fill(ctx.config);
    for key in request.keys {
        if ctx.keys.read::<List>(key)?.is_none() {
            continue;
        }
        ctx.reply.array(2);
        ctx.reply.bulk(key);
        let wanted = (key, request.side, request.count);
        let popped = pop_several(&mut ctx.keys, wanted, fill, &mut ctx.reply)?;
        let mut digits = itoa::Buffer::new();
        ctx.propagate(&[pop_name(request.side), key, digits.format(popped).as_bytes()]);
        return Ok(true);
    }
    Ok(false)
}

/// The arguments from the number of keys, which stands at `at`, on.
fn parse(args: Args<'_>, at: usize) -> Result<Request<'_>, CommandError> {
    let keys = positive(args.at(at), "numkeys should be greater than 0")?;
    let behind = keys.checked_add(at + 1).filter(|behind| *behind < args.len());
    let behind = behind.ok_or(CommandError::Syntax)?;
    let side = side(args, behind)?;
    let mut count = None;
    let mut next = behind + 1;
    while let Some(word) = args.get(next) {
        let value = args.get(next + 1).filter(|_| is_word(word, "count") && count.is_none());
        count =
            Some(positive(value.ok_or(CommandError::Syntax)?, "count should be greater than 0")?);
        next += 2;
    }
    let keys = args.head(behind).tail(at + 1);
    Ok(Request { keys, side, count: count.unwrap_or(1) })
}
