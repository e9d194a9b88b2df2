//! `SINTERSTORE destination key [key ...]`, `SUNIONSTORE`, `SDIFFSTORE`

use resp::Args;
use structures::entry::Put;
use types::{Kind, Object};

use super::algebra::{Operation, operands, result};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key, keys};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::Deadline;

const STORE: Spec = Spec {
    group: Group::Set,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Overwrite), keys(2, -1, 1, Access::Read)],
    since: "1.0.0",
    ..SPEC
};

pub static SINTERSTORE: Command = Command::new(Spec {
    name: "sinterstore",
    complexity: "O(N*M) where N is the size of the smallest set and M the number of sets",
    summary: "Stores the members that all of the sets have and returns their number.",
    syntax: "SINTERSTORE destination key [key ...]",
    run: sinterstore,
    ..STORE
});

pub static SUNIONSTORE: Command = Command::new(Spec {
    name: "sunionstore",
    complexity: "O(N) in the number of members of all sets",
    summary: "Stores the members that any of the sets has and returns their number.",
    syntax: "SUNIONSTORE destination key [key ...]",
    run: sunionstore,
    ..STORE
});

pub static SDIFFSTORE: Command = Command::new(Spec {
    name: "sdiffstore",
    complexity: "O(N) in the number of members of all sets",
    summary: "Stores the members of the first set that no other has and returns their number.",
    syntax: "SDIFFSTORE destination key [key ...]",
    run: sdiffstore,
    ..STORE
});

fn sinterstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    store(ctx, args, Operation::Intersection, event(Class::Set, "sinterstore"))
}

fn sunionstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    store(ctx, args, Operation::Union, event(Class::Set, "sunionstore"))
}

fn sdiffstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    store(ctx, args, Operation::Difference, event(Class::Set, "sdiffstore"))
}

fn store(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    operation: Operation,
    event: Event,
) -> Result<(), CommandError> {
    let (destination, sizes) = (args.at(1), ctx.sizes());
    let sets = operands(ctx, args.tail(2))?;
    let set = result(operation, sets, &sizes);
    ctx.reply.integer(set.len() as i64);
    if set.is_empty() {
        ctx.keys.delete(destination);
    } else {
        let put = Put::Object(Box::new(set.into_value()));
        ctx.keys.set(destination, put, Deadline::Clear, event);
    }
    Ok(())
}
