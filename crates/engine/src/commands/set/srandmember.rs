//! `SRANDMEMBER key [count]`

use resp::Args;
use types::{Object, Set};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::sample::{Count, count, distinct};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SRANDMEMBER: Command = Command::new(Spec {
    name: "srandmember",
    group: Group::Set,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "1.0.0",
    complexity: "O(1), or O(N) where N is the count",
    tips: &["nondeterministic_output"],
    summary: "Returns members of a set by chance, not taken out; a negative count allows repeats.",
    syntax: "SRANDMEMBER key [count]",
    run: srandmember,
    ..SPEC
});

fn srandmember(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    match args.len() {
        2 => one(ctx, args.at(1)),
        3 => several(ctx, args.at(1), count(args.at(2))?),
        _ => Err(CommandError::Syntax),
    }
}

fn one(ctx: &mut Ctx<'_>, key: &[u8]) -> Result<(), CommandError> {
    let member = ctx.keys.read::<Set>(key)?.and_then(|set| set.random(ctx.random.next()));
    match member {
        Some(member) => ctx.reply.bulk(member.bytes(&mut itoa::Buffer::new())),
        None => ctx.reply.null(),
    }
    Ok(())
}

fn several(ctx: &mut Ctx<'_>, key: &[u8], count: Count) -> Result<(), CommandError> {
    let Some(set) = ctx.keys.read::<Set>(key)? else {
        ctx.reply.array(0);
        return Ok(());
    };
    let mut digits = itoa::Buffer::new();
    match count {
        Count::Any(count) => {
            ctx.reply.array(count);
            for _ in 0..count {
                let member = set.random(ctx.random.next()).expect("it is not empty");
                ctx.reply.bulk(member.bytes(&mut digits));
            }
        }
        Count::Distinct(count) => {
            let (all, one) = (|| set.iter().collect(), |random| set.random(random));
            let members = distinct(ctx.random, (count, set.len()), all, one, |member| *member);
            ctx.reply.array(members.len());
            members.iter().for_each(|member| ctx.reply.bulk(member.bytes(&mut digits)));
        }
    }
    Ok(())
}
