//! `ZMPOP numkeys key [key ...] MIN|MAX [COUNT count]`, `BZMPOP timeout numkeys key [key ...]
//! MIN|MAX [COUNT count]`

use resp::Args;
use resp::number::parse_i64;

use super::pop::{Shape, pop};
use crate::blocking::{End, Wish, deadline};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, counted};
use crate::commands::arguments::{Words, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static ZMPOP: Command = Command::new(Spec {
    name: "zmpop",
    group: Group::SortedSet,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write],
    keys: &[counted(1, 1, Access::Take)],
    since: "7.0.0",
    complexity: "O(K)+O(M*log(N)) with K keys, N the size of the set and M the members taken",
    summary: "Takes members from an end of the first sorted set that has some.",
    syntax: "ZMPOP numkeys key [key ...] MIN|MAX [COUNT count]",
    run: zmpop,
    ..SPEC
});

pub static BZMPOP: Command = Command::new(Spec {
    name: "bzmpop",
    group: Group::SortedSet,
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::Blocking],
    keys: &[counted(2, 1, Access::Take)],
    since: "7.0.0",
    complexity: "O(K)+O(M*log(N)) with K keys, N the size of the set and M the members taken",
    summary: "Takes members from an end of the first sorted set that has some, or waits.",
    syntax: "BZMPOP timeout numkeys key [key ...] MIN|MAX [COUNT count]",
    run: bzmpop,
    ..SPEC
});

/// What is taken from where.
struct Request<'a> {
    keys: Args<'a>,
    end: End,
    count: usize,
}

fn zmpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let request = parse(args, 1)?;
    if !take(ctx, &request)? {
        ctx.reply.null_array();
    }
    Ok(())
}

fn bzmpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let request = parse(args, 2)?;
    let until_ms = deadline(args.at(1), ctx.now_ms())?;
    if take(ctx, &request)? {
        return Ok(());
    }
    if ctx.atomic {
        ctx.reply.null_array();
    } else {
        let wish = Wish::PopSorted { end: request.end, count: Some(request.count) };
        ctx.wait_for(request.keys, wish, until_ms);
    }
    Ok(())
}

/// Takes from the first set that there is; false if there is none.
fn take(ctx: &mut Ctx<'_>, request: &Request<'_>) -> Result<bool, CommandError> {
    for key in request.keys {
        let what = (request.end, request.count);
        let taken = pop(&mut ctx.keys, &mut ctx.reply, key, what, Shape::KeyedPairs)?;
        if taken > 0 {
            let mut digits = itoa::Buffer::new();
            ctx.propagate(&[request.end.command(), key, digits.format(taken).as_bytes()]);
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reads what stands from the number of keys on, which is argument `at`.
fn parse(args: Args<'_>, at: usize) -> Result<Request<'_>, CommandError> {
    let number = positive(args.at(at), "numkeys should be greater than 0")?;
    let end_at = number.saturating_add(at + 1);
    if end_at >= args.len() {
        return Err(CommandError::Syntax);
    }
    let end = match args.at(end_at) {
        word if is_word(word, "MIN") => End::Min,
        word if is_word(word, "MAX") => End::Max,
        _ => return Err(CommandError::Syntax),
    };
    let mut count = None;
    let mut words = Words::new(args, end_at + 1);
    while let Some(word) = words.next() {
        if count.is_some() || !is_word(word, "COUNT") {
            return Err(CommandError::Syntax);
        }
        count = Some(positive(words.argument()?, "count should be greater than 0")?);
    }
    let keys = args.head(end_at).tail(at + 1);
    Ok(Request { keys, end, count: count.unwrap_or(1) })
}

fn positive(word: &[u8], error: &'static str) -> Result<usize, CommandError> {
    let number = parse_i64(word).and_then(|number| usize::try_from(number).ok());
    number.filter(|number| *number > 0).ok_or_else(|| CommandError::err(error))
}
