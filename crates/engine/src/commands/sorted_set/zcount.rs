//! `ZCOUNT key min max`, `ZLEXCOUNT key min max`

use resp::Args;
use types::SortedSet;

use super::range::{By, Range};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

const COUNT: Spec = Spec {
    group: Group::SortedSet,
    arity: Arity::Exactly(4),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    complexity: "O(log(N)) where N is the size of the set",
    ..SPEC
};

pub static ZCOUNT: Command = Command::new(Spec {
    name: "zcount",
    since: "2.0.0",
    summary: "Returns how many members have a score in a range.",
    syntax: "ZCOUNT key min max",
    run: zcount,
    ..COUNT
});

pub static ZLEXCOUNT: Command = Command::new(Spec {
    name: "zlexcount",
    since: "2.8.9",
    summary: "Returns how many members of equal scores are in a range of names.",
    syntax: "ZLEXCOUNT key min max",
    run: zlexcount,
    ..COUNT
});

fn zcount(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    count(ctx, args, By::Score)
}

fn zlexcount(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    count(ctx, args, By::Name)
}

fn count(ctx: &mut Ctx<'_>, args: Args<'_>, by: By) -> Result<(), CommandError> {
    let range = Range::new(by, args.at(2), args.at(3))?;
    let set = ctx.keys.read::<SortedSet>(args.at(1))?;
    let (from, to) = set.map_or((0, 0), |set| range.ranks(set));
    ctx.reply.integer((to - from) as i64);
    Ok(())
}
