//! `SREM key member [member ...]`

use resp::Args;
use types::Set;

use super::REMOVED;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SREM: Command = Command::new(Spec {
    name: "srem",
    group: Group::Set,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Delete)],
    since: "1.0.0",
    complexity: "O(1) for each member",
    summary: "Removes members from a set and returns how many were there.",
    syntax: "SREM key member [member ...]",
    element: 2,
    run: srem,
    ..SPEC
});

fn srem(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let Some(mut set) = ctx.keys.write::<Set>(args.at(1))? else {
        ctx.reply.integer(0);
        return Ok(());
    };
    // A set that has none of them is not touched.
    let absent = args.tail(2).iter().take_while(|member| !set.value().contains(member)).count();
    let candidates = args.tail(2 + absent);
    let mut removed = 0;
    if !candidates.is_empty() {
        let members = set.modify(REMOVED);
        removed = candidates.iter().filter(|member| members.remove(member)).count();
        set.count(removed as u64 - 1);
    }
    ctx.reply.integer(removed as i64);
    Ok(())
}
