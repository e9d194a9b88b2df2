//! `ZREM key member [member ...]`

use resp::Args;
use types::{Object, SortedSet};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

pub static ZREM: Command = Command::new(Spec {
    name: "zrem",
    group: Group::SortedSet,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Delete)],
    since: "1.2.0",
    complexity: "O(log(N)) for each member, where N is the size of the set",
    summary: "Removes members from a sorted set and returns how many were there.",
    syntax: "ZREM key member [member ...]",
    element: 2,
    run: zrem,
    ..SPEC
});

const REMOVED: Event = event(Class::SortedSet, "zrem");

fn zrem(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let Some(mut set) = ctx.keys.write::<SortedSet>(args.at(1))? else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let mut removed = 0;
    for member in args.tail(2) {
        if set.value().is_empty() {
            break;
        }
        if set.value().score(member).is_some() {
            set.modify(REMOVED).remove(member);
            removed += 1;
        }
    }
    ctx.reply.integer(removed as i64);
    set.count(u64::saturating_sub(removed, 1));
    Ok(())
}
