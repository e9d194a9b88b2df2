//! `SMEMBERS key`

use resp::{Args, Reply};
use types::{Object, Set};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::long_reply::{self, by_cursor};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SMEMBERS: Command = Command::new(Spec {
    name: "smembers",
    group: Group::Set,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "1.0.0",
    tips: &["nondeterministic_output_order"],
    complexity: "O(N) in the number of members",
    summary: "Returns all members of a set.",
    syntax: "SMEMBERS key",
    run: smembers,
    ..SPEC
});

fn smembers(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let Some(set) = ctx.keys.read::<Set>(args.at(1))? else {
        ctx.reply.set(0);
        return Ok(());
    };
    ctx.reply.set(set.len());
    let step = by_cursor(|set: &Set, cursor, reply: &mut Reply<'_>| {
        let mut digits = itoa::Buffer::new();
        set.scan(cursor, |member| reply.bulk(member.bytes(&mut digits)))
    });
    long_reply::write(&mut ctx.reply, ctx.engine, (set, set.len()), step);
    Ok(())
}
