//! `LPOS key element [RANK rank] [COUNT count] [MAXLEN len]`

use resp::Args;
use types::{List, Side};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, integer, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static LPOS: Command = Command::new(Spec {
    name: "lpos",
    group: Group::List,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "6.0.6",
    complexity: "O(N) in the number of elements that are looked at",
    summary: "Returns where in a list an element stands, once or several times.",
    syntax: "LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]",
    run: lpos,
    ..SPEC
});

struct Options {
    side: Side,
    /// Matches that are passed over.
    skip: usize,
    /// How many matches are wanted; `None` is one, not as an array.
    count: Option<usize>,
    /// Elements that are looked at.
    limit: usize,
}

fn lpos(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let options = parse(args)?;
    let list = ctx.keys.read::<List>(args.at(1))?;
    let found = list
        .into_iter()
        .flat_map(|list| list.find(options.side, args.at(2), options.limit).skip(options.skip));
    match options.count {
        None => match { found }.next() {
            Some(index) => ctx.reply.integer(index as i64),
            None => ctx.reply.null(),
        },
        Some(count) => {
            let found: Vec<_> = found.take(count).collect();
            ctx.reply.array(found.len());
            found.into_iter().for_each(|index| ctx.reply.integer(index as i64));
        }
    }
    Ok(())
}

fn parse(args: Args<'_>) -> Result<Options, CommandError> {
    let mut options = Options { side: Side::Left, skip: 0, count: None, limit: usize::MAX };
    let mut words = Words::new(args, 3);
    while let Some(word) = words.next() {
        match word {
            word if is_word(word, "rank") => {
                (options.side, options.skip) = rank(integer(words.argument()?)?)?;
            }
            word if is_word(word, "count") => {
                let count = not_negative(words.argument()?, "COUNT can't be negative")?;
                options.count = Some(if count == 0 { usize::MAX } else { count });
            }
            word if is_word(word, "maxlen") => {
                let limit = not_negative(words.argument()?, "MAXLEN can't be negative")?;
                options.limit = if limit == 0 { usize::MAX } else { limit };
            }
            _ => return Err(CommandError::Syntax),
        }
    }
    Ok(options)
}

/// The side to begin from, and how many matches to pass over.
fn rank(rank: i64) -> Result<(Side, usize), CommandError> {
    if rank == i64::MIN {
        let least = i64::MIN + 1;
        let range = format!("value is out of range, value must between {least} and {}", i64::MAX);
        return Err(CommandError::err(range));
    }
    let skip = (rank.unsigned_abs() as usize).checked_sub(1).ok_or_else(|| {
        CommandError::err(
            "RANK can't be zero: use 1 to start from the first match, 2 from the second ... or \
             use negative to start from the end of the list",
        )
    })?;
    Ok((if rank < 0 { Side::Right } else { Side::Left }, skip))
}

fn not_negative(argument: &[u8], error: &'static str) -> Result<usize, CommandError> {
    usize::try_from(integer(argument).map_err(|_| CommandError::err(error))?)
        .map_err(|_| CommandError::err(error))
}
