//! `HDEL key field [field ...]`

use resp::Args;
use types::Hash;

use super::DELETED;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static HDEL: Command = Command::new(Spec {
    name: "hdel",
    group: Group::Hash,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Delete)],
    since: "2.0.0",
    complexity: "O(1) for each field",
    summary: "Removes fields from a hash and returns how many were there.",
    syntax: "HDEL key field [field ...]",
    element: 2,
    run: hdel,
    ..SPEC
});

fn hdel(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let dead_up_to_ms = ctx.keys.mark.dead_up_to_ms;
    let Some(mut hash) = ctx.keys.write::<Hash>(args.at(1))? else {
        ctx.reply.integer(0);
        return Ok(());
    };
    // A hash that has none of them is not touched.
    let live = hash.value().live(dead_up_to_ms);
    let absent = args.tail(2).iter().take_while(|field| !live.contains(field)).count();
    let candidates = args.tail(2 + absent);
    let mut removed = 0;
    if !candidates.is_empty() {
        let fields = hash.modify(DELETED);
        removed = candidates.iter().filter(|field| fields.remove(field, dead_up_to_ms)).count();
        hash.count(removed as u64 - 1);
    }
    ctx.reply.integer(removed as i64);
    Ok(())
}
