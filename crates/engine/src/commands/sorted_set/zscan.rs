//! `ZSCAN key cursor [MATCH pattern] [COUNT count] [NOSCORES]`

use resp::Args;
use types::{Object, SortedSet};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, cursor, integer, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::glob::{self, Case};

pub static ZSCAN: Command = Command::new(Spec {
    name: "zscan",
    group: Group::SortedSet,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "2.8.0",
    complexity: "O(1) for a call, O(N) for a whole walk where N is the size of the set",
    tips: &["nondeterministic_output"],
    summary: "Walks over the members of a sorted set, a few with each call.",
    syntax: "ZSCAN key cursor [MATCH pattern] [COUNT count] [NOSCORES]",
    run: zscan,
    ..SPEC
});

/// Which members are shown, and how many are looked at.
struct Walk<'a> {
    pattern: Option<&'a [u8]>,
    count: u64,
    scores: bool,
}

fn zscan(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let mut cursor = cursor(args.at(2))?;
    let Some(set) = ctx.keys.read::<SortedSet>(args.at(1))? else {
        ctx.reply.array(2);
        ctx.reply.bulk(b"0");
        ctx.reply.array(0);
        return Ok(());
    };
    let walk = parse(args)?;
    let (mut found, mut seen) = (Vec::new(), 0);
    loop {
        cursor = set.scan(cursor, |member, score| {
            seen += 1;
            if walk.pattern.is_none_or(|p| glob::matches(p, member, Case::Sensitive)) {
                found.push((member.to_vec(), score));
            }
        });
        if cursor == 0 || seen >= walk.count.min(set.len() as u64) {
            break;
        }
    }
    ctx.reply.array(2);
    ctx.reply.bulk(itoa::Buffer::new().format(cursor).as_bytes());
    ctx.reply.array(if walk.scores { 2 * found.len() } else { found.len() });
    for (member, score) in found {
        ctx.reply.bulk(&member);
        if walk.scores {
            ctx.reply.bulk_display(resp::number::DoubleText::new(score));
        }
    }
    Ok(())
}

fn parse(args: Args<'_>) -> Result<Walk<'_>, CommandError> {
    let mut walk = Walk { pattern: None, count: 10, scores: true };
    let mut words = Words::new(args, 3);
    while let Some(word) = words.next() {
        if is_word(word, "COUNT") {
            let count = u64::try_from(integer(words.argument()?)?).ok();
            walk.count = count.filter(|&count| count > 0).ok_or(CommandError::Syntax)?;
        } else if is_word(word, "MATCH") {
            walk.pattern = Some(words.argument()?).filter(|pattern| *pattern != b"*");
        } else if is_word(word, "NOSCORES") {
            walk.scores = false;
        } else if is_word(word, "NOVALUES") {
            return Err(CommandError::err("NOVALUES option can only be used in HSCAN"));
        } else {
            return Err(CommandError::Syntax);
        }
    }
    Ok(walk)
}
