//! `LINSERT key BEFORE|AFTER pivot element`

use resp::Args;
use types::{List, Object, Side};

use super::ends::fill;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::is_word;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const INSERTED: Event = event(Class::List, "linsert");

pub static LINSERT: Command = Command::new(Spec {
    name: "linsert",
    group: Group::List,
    arity: Arity::Exactly(5),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Insert)],
    since: "2.2.0",
    complexity: "O(N) in the number of elements before the pivot",
    summary: "Puts an element before or behind the first one that equals another.",
    syntax: "LINSERT key BEFORE|AFTER pivot element",
    run: linsert,
    ..SPEC
});

fn linsert(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let behind = match args.at(2) {
        word if is_word(word, "before") => 0,
        word if is_word(word, "after") => 1,
        _ => return Err(CommandError::Syntax),
    };
    let fill = fill(ctx.config);
    let Some(mut list) = ctx.keys.write::<List>(args.at(1))? else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let Some(pivot) = list.value().find(Side::Left, args.at(3), usize::MAX).next() else {
        ctx.reply.integer(-1);
        return Ok(());
    };
    let value = list.modify(INSERTED);
    value.insert(pivot + behind, args.at(4), fill);
    ctx.reply.integer(value.len() as i64);
    Ok(())
}
