//! `PERSIST key`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::PERSIST as EVENT;

pub static PERSIST: Command = Command::new(Spec {
    name: "persist",
    group: Group::Generic,
    arity: Arity::Exactly(2),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    since: "2.2.0",
    complexity: "O(1)",
    summary: "Removes the deadline of a key.",
    syntax: "PERSIST key",
    run: persist,
    ..SPEC
});

fn persist(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let key = args.at(1);
    let expires = ctx.keys.peek(key).is_some_and(|entry| entry.expire_at_ms().is_some());
    if expires {
        ctx.keys.set_expiry(key, None, EVENT);
    }
    ctx.reply.integer(i64::from(expires));
    Ok(())
}
