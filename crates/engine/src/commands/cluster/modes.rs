//! `ASKING`, `READONLY`, `READWRITE`, `CLUSTERSCAN cursor [option ...]`

use std::sync::atomic::Ordering;

use resp::Args;

use super::container::disabled;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static ASKING: Command = Command::new(Spec {
    name: "asking",
    group: Group::Cluster,
    arity: Arity::Exactly(1),
    flags: &[Flag::Fast],
    acl: &["connection"],
    since: "3.0.0",
    summary: "Allows the next command on a slot that is being imported.",
    syntax: "ASKING",
    run: disabled,
    ..SPEC
});

pub static CLUSTERSCAN: Command = Command::new(Spec {
    name: "clusterscan",
    group: Group::Cluster,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly, Flag::TouchesArbitraryKeys],
    acl: &["keyspace"],
    keys: &[key(1, Access::Channel)],
    since: "9.1.0",
    complexity: "O(N), N being the keys returned",
    summary: "Walks the keys of a whole cluster.",
    syntax: "CLUSTERSCAN cursor [MATCH pattern] [COUNT count] [TYPE type] [SLOT slot]",
    tips: &["nondeterministic_output", "request_policy:special", "response_policy:special"],
    run: disabled,
    ..SPEC
});

pub static READONLY: Command = Command::new(Spec {
    name: "readonly",
    group: Group::Cluster,
    arity: Arity::Exactly(1),
    flags: &[Flag::Fast, Flag::Loading, Flag::Stale],
    acl: &["connection"],
    since: "3.0.0",
    summary: "Allows reads of this connection on a replica of a cluster.",
    syntax: "READONLY",
    run: readonly,
    ..SPEC
});

fn readonly(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.session.info.read_only.store(true, Ordering::Relaxed);
    ctx.reply.ok();
    Ok(())
}

pub static READWRITE: Command = Command::new(Spec {
    name: "readwrite",
    group: Group::Cluster,
    arity: Arity::Exactly(1),
    flags: &[Flag::Fast, Flag::Loading, Flag::Stale],
    acl: &["connection"],
    since: "3.0.0",
    summary: "Takes READONLY back.",
    syntax: "READWRITE",
    run: readwrite,
    ..SPEC
});

fn readwrite(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.session.info.read_only.store(false, Ordering::Relaxed);
    ctx.reply.ok();
    Ok(())
}
