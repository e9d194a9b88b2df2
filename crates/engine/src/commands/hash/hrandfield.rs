//! `HRANDFIELD key [count [WITHVALUES]]`

use resp::{Args, Protocol, Reply};
use types::Item;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::is_word;
use crate::commands::sample::{Count, count, distinct};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static HRANDFIELD: Command = Command::new(Spec {
    name: "hrandfield",
    group: Group::Hash,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "6.2.0",
    complexity: "O(N) where N is the count",
    tips: &["nondeterministic_output"],
    summary: "Returns fields of a hash by chance; a negative count allows repeats.",
    syntax: "HRANDFIELD key [count [WITHVALUES]]",
    run: hrandfield,
    ..SPEC
});

fn hrandfield(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if args.len() == 2 {
        return one(ctx, args.at(1));
    }
    let count = count(args.at(2))?;
    let with_values = args.get(3).is_some();
    if args.len() > 4 || args.get(3).is_some_and(|word| !is_word(word, "WITHVALUES")) {
        return Err(CommandError::Syntax);
    }
    if with_values && matches!(count, Count::Distinct(count) if count > i64::MAX as usize / 2) {
        return Err(CommandError::err("value is out of range"));
    }
    several(ctx, args.at(1), count, with_values)
}

fn one(ctx: &mut Ctx<'_>, key: &[u8]) -> Result<(), CommandError> {
    let pair = ctx.keys.hash(key)?.and_then(|hash| hash.random(ctx.random.next()));
    match pair {
        Some((field, _)) => ctx.reply.bulk(field.bytes(&mut itoa::Buffer::new())),
        None => ctx.reply.null(),
    }
    Ok(())
}

fn several(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    count: Count,
    with_values: bool,
) -> Result<(), CommandError> {
    let Some(hash) = ctx.keys.hash(key)? else {
        ctx.reply.array(0);
        return Ok(());
    };
    match count {
        Count::Any(count) => {
            // All fields may be past their deadlines.
            let count = if hash.iter().next().is_some() { count } else { 0 };
            begin(&mut ctx.reply, count, with_values);
            for _ in 0..count {
                let pair = hash.random(ctx.random.next()).expect("there is a field");
                reply_pair(&mut ctx.reply, pair, with_values);
            }
        }
        Count::Distinct(count) => {
            let (all, one) = (|| hash.iter().collect(), |random| hash.random(random));
            let pairs = distinct(ctx.random, (count, hash.count()), all, one, |pair| pair.0);
            begin(&mut ctx.reply, pairs.len(), with_values);
            pairs.iter().for_each(|pair| reply_pair(&mut ctx.reply, *pair, with_values));
        }
    }
    Ok(())
}

/// Pairs are arrays of their own in RESP3.
fn begin(reply: &mut Reply<'_>, count: usize, with_values: bool) {
    let flat = with_values && reply.protocol() == Protocol::Resp2;
    reply.array(if flat { 2 * count } else { count });
}

fn reply_pair(reply: &mut Reply<'_>, (field, value): (Item<'_>, Item<'_>), with_values: bool) {
    let mut digits = itoa::Buffer::new();
    if with_values && reply.protocol() == Protocol::Resp3 {
        reply.array(2);
    }
    reply.bulk(field.bytes(&mut digits));
    if with_values {
        reply.bulk(value.bytes(&mut digits));
    }
}
