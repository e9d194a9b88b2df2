//! `ZUNION numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE SUM|MIN|MAX|COUNT]
//! [WITHSCORES]`, `ZUNIONSTORE destination numkeys ...`

use resp::Args;

use super::combine::{Operation, reply_with, store_result};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, counted, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static ZUNION: Command = Command::new(Spec {
    name: "zunion",
    group: Group::SortedSet,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[counted(1, 1, Access::Read)],
    since: "6.2.0",
    complexity: "O(N)+O(M*log(M)) with N the sum of the sizes and M the size of the result",
    summary: "Returns the members that any of several sorted sets has.",
    syntax: "ZUNION numkeys key [key ...] [WEIGHTS weight [weight ...]] \
             [AGGREGATE SUM|MIN|MAX|COUNT] [WITHSCORES]",
    run: zunion,
    ..SPEC
});

pub static ZUNIONSTORE: Command = Command::new(Spec {
    name: "zunionstore",
    group: Group::SortedSet,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Overwrite), counted(2, 1, Access::Read)],
    since: "2.0.0",
    complexity: "O(N)+O(M*log(M)) with N the sum of the sizes and M the size of the result",
    summary: "Stores the members that any of several sorted sets has.",
    syntax: "ZUNIONSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]] \
             [AGGREGATE SUM|MIN|MAX|COUNT]",
    run: zunionstore,
    ..SPEC
});

fn zunion(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    reply_with(ctx, args, Operation::Union)
}

fn zunionstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    store_result(ctx, args, Operation::Union)
}
