//! `ZRANK key member [WITHSCORE]`, `ZREVRANK key member [WITHSCORE]`

use resp::Args;
use types::{Object, SortedSet};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::is_word;
use crate::ctx::Ctx;
use crate::error::CommandError;

const RANK: Spec = Spec {
    group: Group::SortedSet,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "2.0.0",
    complexity: "O(log(N)) where N is the size of the set",
    ..SPEC
};

pub static ZRANK: Command = Command::new(Spec {
    name: "zrank",
    summary: "Returns how many members have a lower place than this one.",
    syntax: "ZRANK key member [WITHSCORE]",
    element: 2,
    run: zrank,
    ..RANK
});

pub static ZREVRANK: Command = Command::new(Spec {
    name: "zrevrank",
    summary: "Returns how many members have a higher place than this one.",
    syntax: "ZREVRANK key member [WITHSCORE]",
    element: 2,
    run: zrevrank,
    ..RANK
});

fn zrank(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    rank(ctx, args, false)
}

fn zrevrank(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    rank(ctx, args, true)
}

fn rank(ctx: &mut Ctx<'_>, args: Args<'_>, reverse: bool) -> Result<(), CommandError> {
    if args.len() > 4 {
        return Err(CommandError::WrongArity(ctx.command.name().to_owned()));
    }
    let with_score = args.get(3).is_some();
    if args.get(3).is_some_and(|word| !is_word(word, "WITHSCORE")) {
        return Err(CommandError::Syntax);
    }
    let set = ctx.keys.read::<SortedSet>(args.at(1))?;
    let found = set.and_then(|set| {
        let (rank, score) = set.rank(args.at(2))?;
        Some((if reverse { set.len() - 1 - rank } else { rank }, score))
    });
    match found {
        None if with_score => ctx.reply.null_array(),
        None => ctx.reply.null(),
        Some((rank, score)) => {
            if with_score {
                ctx.reply.array(2);
            }
            ctx.reply.integer(rank as i64);
            if with_score {
                ctx.reply.double(score);
            }
        }
    }
    Ok(())
}
