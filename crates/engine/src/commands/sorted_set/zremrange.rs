//! `ZREMRANGEBYRANK key start stop`, `ZREMRANGEBYSCORE key min max`, `ZREMRANGEBYLEX key min max`

use resp::Args;
use types::SortedSet;

use super::range::{By, Range};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const REMOVE: Spec = Spec {
    group: Group::SortedSet,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write],
    keys: &[key(1, Access::Delete)],
    complexity: "O(log(N)+M) with N the size of the set and M the members removed",
    ..SPEC
};

pub static ZREMRANGEBYRANK: Command = Command::new(Spec {
    name: "zremrangebyrank",
    since: "2.0.0",
    summary: "Removes the members in a range of ranks, and returns how many those were.",
    syntax: "ZREMRANGEBYRANK key start stop",
    run: zremrangebyrank,
    ..REMOVE
});

pub static ZREMRANGEBYSCORE: Command = Command::new(Spec {
    name: "zremrangebyscore",
    since: "1.2.0",
    summary: "Removes the members in a range of scores, and returns how many those were.",
    syntax: "ZREMRANGEBYSCORE key min max",
    run: zremrangebyscore,
    ..REMOVE
});

pub static ZREMRANGEBYLEX: Command = Command::new(Spec {
    name: "zremrangebylex",
    since: "2.8.9",
    summary: "Removes the members of equal scores in a range of names.",
    syntax: "ZREMRANGEBYLEX key min max",
    run: zremrangebylex,
    ..REMOVE
});

fn zremrangebyrank(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    remove(ctx, args, By::Rank, event(Class::SortedSet, "zremrangebyrank"))
}

fn zremrangebyscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    remove(ctx, args, By::Score, event(Class::SortedSet, "zremrangebyscore"))
}

fn zremrangebylex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    remove(ctx, args, By::Name, event(Class::SortedSet, "zremrangebylex"))
}

fn remove(ctx: &mut Ctx<'_>, args: Args<'_>, by: By, event: Event) -> Result<(), CommandError> {
    let range = Range::new(by, args.at(2), args.at(3))?;
    let Some(mut set) = ctx.keys.write::<SortedSet>(args.at(1))? else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let (from, to) = range.ranks(set.value());
    if from < to {
        set.modify(event).remove_range(from, to);
        set.count((to - from) as u64 - 1);
    }
    ctx.reply.integer((to - from) as i64);
    Ok(())
}
