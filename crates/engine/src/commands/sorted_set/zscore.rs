//! `ZSCORE key member`, `ZMSCORE key member [member ...]`

use resp::{Args, Reply};
use types::SortedSet;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static ZSCORE: Command = Command::new(Spec {
    name: "zscore",
    group: Group::SortedSet,
    arity: Arity::Exactly(3),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "1.2.0",
    complexity: "O(1)",
    summary: "Returns the score of a member.",
    syntax: "ZSCORE key member",
    element: 2,
    run: zscore,
    ..SPEC
});

pub static ZMSCORE: Command = Command::new(Spec {
    name: "zmscore",
    group: Group::SortedSet,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "6.2.0",
    complexity: "O(N) where N is the number of members asked for",
    summary: "Returns the scores of several members.",
    syntax: "ZMSCORE key member [member ...]",
    element: 2,
    run: zmscore,
    ..SPEC
});

fn zscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let set = ctx.keys.read::<SortedSet>(args.at(1))?;
    reply_with(&mut ctx.reply, set.and_then(|set| set.score(args.at(2))));
    Ok(())
}

fn zmscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let set = ctx.keys.read::<SortedSet>(args.at(1))?;
    ctx.reply.array(args.len() - 2);
    for member in args.tail(2) {
        reply_with(&mut ctx.reply, set.and_then(|set| set.score(member)));
    }
    Ok(())
}

fn reply_with(reply: &mut Reply<'_>, score: Option<f64>) {
    match score {
        Some(score) => reply.double(score),
        None => reply.null(),
    }
}
