//! `ZRANGE key start stop [BYSCORE|BYLEX] [REV] [LIMIT offset count] [WITHSCORES]`, and the older
//! commands that each say a part of that: `ZREVRANGE`, `ZRANGEBYSCORE`, `ZREVRANGEBYSCORE`,
//! `ZRANGEBYLEX`, `ZREVRANGEBYLEX`

use resp::Args;
use types::SortedSet;

use super::pairs::Shown;
use super::range::{By, Form, Range};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::long_reply::{self, by_index};
use crate::ctx::Ctx;
use crate::error::CommandError;

const RANGE: Spec = Spec {
    group: Group::SortedSet,
    arity: Arity::AtLeast(4),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    complexity: "O(log(N)+M) with N the size of the set and M the members returned",
    ..SPEC
};

pub static ZRANGE: Command = Command::new(Spec {
    name: "zrange",
    since: "1.2.0",
    summary: "Returns the members in a range of ranks, scores or names.",
    syntax: "ZRANGE key start stop [BYSCORE|BYLEX] [REV] [LIMIT offset count] [WITHSCORES]",
    run: zrange,
    ..RANGE
});

pub static ZREVRANGE: Command = Command::new(Spec {
    name: "zrevrange",
    since: "1.2.0",
    summary: "Returns the members in a range of ranks, the highest first.",
    syntax: "ZREVRANGE key start stop [WITHSCORES]",
    run: zrevrange,
    ..RANGE
});

pub static ZRANGEBYSCORE: Command = Command::new(Spec {
    name: "zrangebyscore",
    since: "1.0.5",
    summary: "Returns the members in a range of scores.",
    syntax: "ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]",
    run: zrangebyscore,
    ..RANGE
});

pub static ZREVRANGEBYSCORE: Command = Command::new(Spec {
    name: "zrevrangebyscore",
    since: "2.2.0",
    summary: "Returns the members in a range of scores, the highest first.",
    syntax: "ZREVRANGEBYSCORE key max min [WITHSCORES] [LIMIT offset count]",
    run: zrevrangebyscore,
    ..RANGE
});

pub static ZRANGEBYLEX: Command = Command::new(Spec {
    name: "zrangebylex",
    since: "2.8.9",
    summary: "Returns the members of equal scores in a range of names.",
    syntax: "ZRANGEBYLEX key min max [LIMIT offset count]",
    run: zrangebylex,
    ..RANGE
});

pub static ZREVRANGEBYLEX: Command = Command::new(Spec {
    name: "zrevrangebylex",
    since: "2.8.9",
    summary: "Returns the members of equal scores in a range of names, the last first.",
    syntax: "ZREVRANGEBYLEX key max min [LIMIT offset count]",
    run: zrevrangebylex,
    ..RANGE
});

fn zrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    reply_with(ctx, args, None, None)
}

fn zrevrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    reply_with(ctx, args, Some(By::Rank), Some(true))
}

fn zrangebyscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    reply_with(ctx, args, Some(By::Score), Some(false))
}

fn zrevrangebyscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    reply_with(ctx, args, Some(By::Score), Some(true))
}

fn zrangebylex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    reply_with(ctx, args, Some(By::Name), Some(false))
}

fn zrevrangebylex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    reply_with(ctx, args, Some(By::Name), Some(true))
}

fn reply_with(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    by: Option<By>,
    reverse: Option<bool>,
) -> Result<(), CommandError> {
    let (range, scores) = Range::parse(args, 2, Form { by, reverse, scores: true })?;
    let Some(set) = ctx.keys.read::<SortedSet>(args.at(1))? else {
        ctx.reply.array(0);
        return Ok(());
    };
    let (from, to) = range.ranks(set);
    let (shown, count, reverse) = (Shown::with_scores(scores), to - from, range.reverse);
    shown.begin(&mut ctx.reply, count);
    let step = by_index(count, move |set: &SortedSet, (first, end), reply, portion| {
        let part = if reverse { (to - end, to - first) } else { (from + first, from + end) };
        set.each(part.0, part.1, reverse, |member, score| {
            if portion.takes(reply) {
                shown.member(reply, member, score);
            }
        });
    });
    long_reply::write(&mut ctx.reply, ctx.engine, (set, count), step);
    Ok(())
}
