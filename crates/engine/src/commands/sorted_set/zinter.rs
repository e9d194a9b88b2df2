//! `ZINTER numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM|MIN|MAX|COUNT]
//! [WITHSCORES]`, `ZINTERSTORE destination numkeys ...`, `ZINTERCARD numkeys key [key ...] [LIMIT
//! limit]`

use resp::Args;

use super::combine::{Operation, count, reply_with, store_result};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, counted, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static ZINTER: Command = Command::new(Spec {
    name: "zinter",
    group: Group::SortedSet,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[counted(1, 1, Access::Read)],
    since: "6.2.0",
    complexity: "O(N*K)+O(M*log(M)) with N the smallest of K sets and M the size of the result",
    summary: "Returns the members that all of several sorted sets have.",
    syntax: "ZINTER numkeys key [key ...] [WEIGHTS weight [weight ...]] \
             [AGGREGATE SUM|MIN|MAX|COUNT] [WITHSCORES]",
    run: zinter,
    ..SPEC
});

pub static ZINTERSTORE: Command = Command::new(Spec {
    name: "zinterstore",
    group: Group::SortedSet,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Overwrite), counted(2, 1, Access::Read)],
    since: "2.0.0",
    complexity: "O(N*K)+O(M*log(M)) with N the smallest of K sets and M the size of the result",
    summary: "Stores the members that all of several sorted sets have.",
    syntax: "ZINTERSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]] \
             [AGGREGATE SUM|MIN|MAX|COUNT]",
    run: zinterstore,
    ..SPEC
});

pub static ZINTERCARD: Command = Command::new(Spec {
    name: "zintercard",
    group: Group::SortedSet,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[counted(1, 1, Access::Read)],
    since: "7.0.0",
    complexity: "O(N*K) with N the smallest of K sets",
    summary: "Returns how many members all of several sorted sets have.",
    syntax: "ZINTERCARD numkeys key [key ...] [LIMIT limit]",
    run: count,
    ..SPEC
});

fn zinter(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    reply_with(ctx, args, Operation::Inter)
}

fn zinterstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    store_result(ctx, args, Operation::Inter)
}
