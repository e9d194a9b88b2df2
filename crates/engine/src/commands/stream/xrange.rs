//! `XRANGE key start end [COUNT count]`, `XREVRANGE key end start [COUNT count]`

use resp::Args;
use resp::number::parse_i64;
use types::Stream;
use types::stream::Id;

use super::ids::{first_of_range, last_of_range};
use super::long_reading;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;

const RANGE: Spec = Spec {
    group: Group::Stream,
    arity: Arity::AtLeast(4),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "5.0.0",
    complexity: "O(log(N)+M) in the number of entries and of those returned",
    ..SPEC
};

pub static XRANGE: Command = Command::new(Spec {
    name: "xrange",
    summary: "Returns the entries between two ids.",
    syntax: "XRANGE key start end [COUNT count]",
    run: xrange,
    ..RANGE
});

pub static XREVRANGE: Command = Command::new(Spec {
    name: "xrevrange",
    summary: "Returns the entries between two ids, the last one first.",
    syntax: "XREVRANGE key end start [COUNT count]",
    run: xrevrange,
    ..RANGE
});

fn xrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let range = (first_of_range(args.at(2))?, last_of_range(args.at(3))?);
    reply_range(ctx, args, range, false)
}

fn xrevrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let range = (first_of_range(args.at(3))?, last_of_range(args.at(2))?);
    reply_range(ctx, args, range, true)
}

fn reply_range(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    (from, to): (Id, Id),
    backward: bool,
) -> Result<(), CommandError> {
    let count = count(args)?;
    let Some(stream) = ctx.keys.read::<Stream>(args.at(1))? else {
        ctx.reply.array(0);
        return Ok(());
    };
    if count == 0 {
        ctx.reply.null_array();
        return Ok(());
    }
    let count = count.min(stream.count(from, to));
    long_reading::reply_range(&mut ctx.reply, ctx.engine, (stream, count), (from, to), backward);
    Ok(())
}

fn count(args: Args<'_>) -> Result<usize, CommandError> {
    let (mut count, mut words) = (usize::MAX, Words::new(args, 4));
    while let Some(word) = words.next() {
        if !is_word(word, "count") {
            return Err(CommandError::Syntax);
        }
        let given = parse_i64(words.argument()?).ok_or(CommandError::NotInteger)?;
        count = usize::try_from(given).unwrap_or(0);
    }
    Ok(count)
}
