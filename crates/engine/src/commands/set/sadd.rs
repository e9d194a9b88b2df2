//! `SADD key member [member ...]`

use resp::Args;
use types::{Object, Set};

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
    element: 2,
    run: sadd,
    ..SPEC
});

fn sadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (sizes, members) = (ctx.sizes(), args.tail(2));
    let mut set = ctx.keys.write_or_create::<Set>(args.at(1))?;
    let mut added = 0;
    if set.value().is_empty() {
        *set.modify(ADDED) = Set::for_members(members.at(0), members.len(), &sizes);
    }
    // A set that has all of them is not touched.
    let mut found = members.iter().map(|member| set.value().find(member)).enumerate();
    if let Some((known, first)) = found.find(|(_, found)| !found.is_member()) {
        let value = set.modify(ADDED);
        value.expect(members.len(), &sizes);
        value.insert_at(first, members.at(known), &sizes);
        let rest = members.tail(known + 1).iter().filter(|member| value.insert(member, &sizes));
        added = 1 + rest.count();
        set.count(added as u64 - 1);
    }
    ctx.reply.integer(added as i64);
    Ok(())
}
