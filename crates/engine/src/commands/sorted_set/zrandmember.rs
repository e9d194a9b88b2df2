//! `ZRANDMEMBER key [count [WITHSCORES]]`

use std::collections::BTreeSet;

use resp::Args;
use types::{Object, SortedSet};

use super::pairs::Shown;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{integer, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::random::Random;

pub static ZRANDMEMBER: Command = Command::new(Spec {
    name: "zrandmember",
    group: Group::SortedSet,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "6.2.0",
    complexity: "O(M*log(N)) with N the size of the set and M the members returned",
    tips: &["nondeterministic_output"],
    summary: "Returns members of a sorted set by chance.",
    syntax: "ZRANDMEMBER key [count [WITHSCORES]]",
    run: zrandmember,
    ..SPEC
});

/// The most members that may come several times: a reply must not grow with a mere number.
const REPEATED_MAX: u64 = 1 << 24;

fn zrandmember(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let Some(count) = args.get(2) else {
        let Some(set) = ctx.keys.read::<SortedSet>(args.at(1))? else {
            ctx.reply.null();
            return Ok(());
        };
        let rank = ctx.random.below(set.len() as u64) as usize;
        set.each(rank, rank + 1, false, |member, _| ctx.reply.bulk(member));
        return Ok(());
    };
    let count = integer(count)?;
    if count == i64::MIN {
        let (min, max) = (-i64::MAX, i64::MAX);
        let text = format!("value is out of range, value must between {min} and {max}");
        return Err(CommandError::err(text));
    }
    let scores = args.get(3).is_some();
    if args.len() > 4 || args.get(3).is_some_and(|word| !is_word(word, "WITHSCORES")) {
        return Err(CommandError::Syntax);
    }
    let too_many = scores && count.unsigned_abs() > i64::MAX as u64 / 2;
    // deviates: a count that would make a reply of gigabytes is refused.
    if too_many || count < 0 && count.unsigned_abs() > REPEATED_MAX {
        return Err(CommandError::err("value is out of range"));
    }
    reply_with(ctx, args.at(1), count, Shown::with_scores(scores))
}

fn reply_with(ctx: &mut Ctx<'_>, key: &[u8], count: i64, shown: Shown) -> Result<(), CommandError> {
    let Some(set) = ctx.keys.read::<SortedSet>(key)? else {
        ctx.reply.array(0);
        return Ok(());
    };
    let (len, wanted) = (set.len() as u64, count.unsigned_abs());
    let shown_count = if count < 0 { wanted } else { wanted.min(len) };
    shown.begin(&mut ctx.reply, shown_count as usize);
    let reply = &mut ctx.reply;
    let mut one = |rank: u64| {
        let rank = rank as usize;
        set.each(rank, rank + 1, false, |member, score| shown.member(reply, member, score));
    };
    if count < 0 {
        (0..wanted).for_each(|_| one(ctx.random.below(len)));
    } else if wanted < len {
        sample(ctx.random, len, wanted).into_iter().for_each(one);
    } else {
        set.for_each(|member, score| shown.member(reply, member, score));
    }
    Ok(())
}

/// `count` different numbers below `len`, all equally likely.
///
/// Source: Floyd's algorithm, as told by Bentley.
fn sample(random: &mut Random, len: u64, count: u64) -> BTreeSet<u64> {
    let mut chosen = BTreeSet::new();
    for bound in len - count..len {
        let number = random.below(bound + 1);
        if !chosen.insert(number) {
            chosen.insert(bound);
        }
    }
    chosen
}
