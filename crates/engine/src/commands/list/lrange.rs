//! `LRANGE key start stop`

use resp::number::parse_i64;
use resp::{Args, Reply};
use types::{List, Object};

use super::ends::reply_item;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::long_reply::{self, by_index};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static LRANGE: Command = Command::new(Spec {
    name: "lrange",
    group: Group::List,
    arity: Arity::Exactly(4),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "1.0.0",
    complexity: "O(S+N) with S the distance of start from the nearer end and N the range",
    summary: "Returns the elements of a list from one index to another, both included.",
    syntax: "LRANGE key start stop",
    run: lrange,
    ..SPEC
});

fn lrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let start = parse_i64(args.at(2)).ok_or(CommandError::NotInteger)?;
    let stop = parse_i64(args.at(3)).ok_or(CommandError::NotInteger)?;
    let Some(list) = ctx.keys.read::<List>(args.at(1))? else {
        ctx.reply.array(0);
        return Ok(());
    };
    let (first, end) = range((start, stop), list.len());
    let count = end - first;
    ctx.reply.array(count);
    let step = by_index(count, move |list: &List, (from, to), reply: &mut Reply<'_>, portion| {
        for item in list.iter_from(first + from).take(to - from) {
            if !portion.takes(reply) {
                return;
            }
            reply_item(reply, item);
        }
    });
    long_reply::write(&mut ctx.reply, ctx.engine, (list, count), step);
    Ok(())
}

/// The indices from `start` to before the end that a start and a last index mean, both counted
/// from the end where they are negative.
pub(super) fn range((start, stop): (i64, i64), len: usize) -> (usize, usize) {
    let len = len as i64;
    let from_end = |index: i64| if index < 0 { index.saturating_add(len) } else { index };
    let (first, end) = (from_end(start).max(0), from_end(stop).min(len - 1) + 1);
    if first < end { (first as usize, end as usize) } else { (0, 0) }
}
