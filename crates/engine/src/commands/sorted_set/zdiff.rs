//! `ZDIFF numkeys key [key ...] [WITHSCORES]`, `ZDIFFSTORE destination numkeys key [key ...]`

use resp::Args;

use super::combine::{Operation, reply_with, store_result};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, counted, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static ZDIFF: Command = Command::new(Spec {
    name: "zdiff",
    group: Group::SortedSet,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[counted(1, 1, Access::Read)],
    since: "6.2.0",
    complexity: "O(N*K)+O(M*log(M)) with N the first of K sets and M the size of the result",
    summary: "Returns the members that the first of several sorted sets has and no other.",
    syntax: "ZDIFF numkeys key [key ...] [WITHSCORES]",
    run: zdiff,
    ..SPEC
});

pub static ZDIFFSTORE: Command = Command::new(Spec {
    name: "zdiffstore",
    group: Group::SortedSet,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Overwrite), counted(2, 1, Access::Read)],
    since: "6.2.0",
    complexity: "O(N*K)+O(M*log(M)) with N the first of K sets and M the size of the result",
    summary: "Stores the members that the first of several sorted sets has and no other.",
    syntax: "ZDIFFSTORE destination numkeys key [key ...]",
    run: zdiffstore,
    ..SPEC
});

fn zdiff(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    reply_with(ctx, args, Operation::Diff)
}

fn zdiffstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    store_result(ctx, args, Operation::Diff)
}
