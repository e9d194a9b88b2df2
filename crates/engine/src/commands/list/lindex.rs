//! `LINDEX key index`

use resp::Args;
use types::{List, Object};

use super::ends::reply_item;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::integer;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static LINDEX: Command = Command::new(Spec {
    name: "lindex",
    group: Group::List,
    arity: Arity::Exactly(3),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "1.0.0",
    complexity: "O(log N), and O(N) in a list that is one block",
    summary: "Returns the element of a list at an index, which counts from the end if negative.",
    syntax: "LINDEX key index",
    run: lindex,
    ..SPEC
});

fn lindex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let list = ctx.keys.read::<List>(args.at(1))?;
    let Some(list) = list else {
        ctx.reply.null();
        return Ok(());
    };
    let index = resolve(integer(args.at(2))?, list.len());
    match index.and_then(|index| list.get(index)) {
        Some(item) => reply_item(&mut ctx.reply, item),
        None => ctx.reply.null(),
    }
    Ok(())
}

/// The index, below the length, that a number means: from the end where it is negative.
pub(super) fn resolve(index: i64, len: usize) -> Option<usize> {
    let index = if index < 0 { index.checked_add(len as i64)? } else { index };
    usize::try_from(index).ok().filter(|index| *index < len)
}
