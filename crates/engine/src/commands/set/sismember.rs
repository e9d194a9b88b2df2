//! `SISMEMBER key member`, `SMISMEMBER key member [member ...]`

use resp::Args;
use types::Set;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SISMEMBER: Command = Command::new(Spec {
    name: "sismember",
    group: Group::Set,
    arity: Arity::Exactly(3),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Inspect)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Says whether a value is a member of a set.",
    syntax: "SISMEMBER key member",
    element: 2,
    run: sismember,
    ..SPEC
});

pub static SMISMEMBER: Command = Command::new(Spec {
    name: "smismember",
    group: Group::Set,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    since: "6.2.0",
    complexity: "O(N) in the number of values",
    summary: "Says of several values whether they are members of a set.",
    syntax: "SMISMEMBER key member [member ...]",
    run: smismember,
    ..SPEC
});

fn sismember(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let set = ctx.keys.read::<Set>(args.at(1))?;
    let found = set.is_some_and(|set| set.contains(args.at(2)));
    ctx.reply.integer(i64::from(found));
    Ok(())
}

fn smismember(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let set = ctx.keys.read::<Set>(args.at(1))?;
    ctx.reply.array(args.len() - 2);
    for member in args.tail(2) {
        let found = set.is_some_and(|set| set.contains(member));
        ctx.reply.integer(i64::from(found));
    }
    Ok(())
}
