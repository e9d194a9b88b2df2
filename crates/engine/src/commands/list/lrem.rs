//! `LREM key count element`

use resp::Args;
use types::{List, Side};

use super::ends::fill;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::integer;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const REMOVED: Event = event(Class::List, "lrem");

pub static LREM: Command = Command::new(Spec {
    name: "lrem",
    group: Group::List,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write],
    keys: &[key(1, Access::Delete)],
    since: "1.0.0",
    complexity: "O(N) in the length of the list",
    summary: "Removes the first, last or all elements that equal another, and counts them.",
    syntax: "LREM key count element",
    run: lrem,
    ..SPEC
});

fn lrem(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let count = integer(args.at(2))?;
    if count == i64::MIN {
        let least = i64::MIN + 1;
        let range = format!("value is out of range, value must between {least} and {}", i64::MAX);
        return Err(CommandError::err(range));
    }
    let fill = fill(ctx.config);
    let Some(mut list) = ctx.keys.write::<List>(args.at(1))? else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let side = if count < 0 { Side::Right } else { Side::Left };
    let most = if count == 0 { usize::MAX } else { count.unsigned_abs() as usize };
    let found = list.value().find(side, args.at(3), usize::MAX);
    let mut found: Vec<_> = found.take(most).collect();
    ctx.reply.integer(found.len() as i64);
    if found.is_empty() {
        return Ok(());
    }
    found.sort_unstable();
    let value = list.modify(REMOVED);
    // From the end, so that the indices before stay as they are; neighbours go together.
    for run in found.chunk_by(|one, next| one + 1 == *next).rev() {
        value.remove(run[0], run.len(), fill);
    }
    list.count(found.len() as u64 - 1);
    Ok(())
}
