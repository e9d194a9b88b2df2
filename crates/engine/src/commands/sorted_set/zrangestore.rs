//! `ZRANGESTORE dst src min max [BYSCORE|BYLEX] [REV] [LIMIT offset count]`

use resp::Args;
use types::SortedSet;

use super::range::{Form, Range};
use super::{limits, store};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, event};

pub static ZRANGESTORE: Command = Command::new(Spec {
    name: "zrangestore",
    group: Group::SortedSet,
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Overwrite), key(2, Access::Read)],
    since: "6.2.0",
    complexity: "O(log(N)+M) with N the size of the set and M the members stored",
    summary: "Stores the members in a range of ranks, scores or names as another sorted set.",
    syntax: "ZRANGESTORE dst src min max [BYSCORE|BYLEX] [REV] [LIMIT offset count]",
    run: zrangestore,
    ..SPEC
});

fn zrangestore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let form = Form { by: None, reverse: None, scores: false };
    let (range, _) = Range::parse(args, 3, form)?;
    let (limits, mut result) = (limits(ctx.config), SortedSet::default());
    if let Some(set) = ctx.keys.read::<SortedSet>(args.at(2))? {
        let (from, to) = range.ranks(set);
        set.each(from, to, false, |member, score| {
            result.insert(member, score, limits);
        });
    }
    store(ctx, args.at(1), result, event(Class::SortedSet, "zrangestore"));
    Ok(())
}
