//! `SMOVE source destination member`

use resp::Args;
use types::{Object, Set};

use super::{ADDED, REMOVED};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SMOVE: Command = Command::new(Spec {
    name: "smove",
    group: Group::Set,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Take), key(2, Access::Insert)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Moves a member from one set to another.",
    syntax: "SMOVE source destination member",
    run: smove,
    ..SPEC
});

fn smove(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (source, destination, member) = (args.at(1), args.at(2), args.at(3));
    let sizes = ctx.sizes();
    let there = match ctx.keys.write::<Set>(source)? {
        None => {
            ctx.reply.integer(0);
            return Ok(());
        }
        Some(set) => set.value().contains(member),
    };
    ctx.keys.write::<Set>(destination)?;
    ctx.reply.integer(i64::from(there));
    if !there || source == destination {
        return Ok(());
    }
    if let Some(mut set) = ctx.keys.write::<Set>(source)? {
        set.modify(REMOVED).remove(member);
    }
    let mut set = ctx.keys.write_or_create::<Set>(destination)?;
    if set.value().is_empty() {
        *set.modify(ADDED) = Set::for_members(member, 1, &sizes);
    }
    if !set.value().contains(member) {
        set.modify(ADDED).insert(member, &sizes);
    }
    Ok(())
}
