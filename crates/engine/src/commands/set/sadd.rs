//! `SADD key member [member ...]`

use resp::Args;
use types::Set;

use super::ADDED;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SADD: Command = Command::new(Spec {
    name: "sadd",
    group: Group::Set,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Insert)],
    since: "1.0.0",
    complexity: "O(1) for each member",
    summary: "Adds members to a set and returns how many are new.",
    syntax: "SADD key member [member ...]",
    run: sadd,
    ..SPEC
});

fn sadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let mut set = ctx.keys.write_or_create::<Set>(args.at(1))?;
    let fresh = args.tail(2).iter().filter(|member| !set.value().0.contains(*member));
    if fresh.count() == 0 {
        ctx.reply.integer(0);
        return Ok(());
    }
    let members = &mut set.modify(ADDED).0;
    let added = args.tail(2).iter().filter(|member| members.insert((*member).into())).count();
    ctx.reply.integer(added as i64);
    set.count(added as u64 - 1);
    Ok(())
}
