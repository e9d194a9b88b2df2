//! `MEMORY PURGE`, `MEMORY MALLOC-STATS`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::letter::Action;

pub static PURGE: Command = Command::new(Spec {
    name: "purge",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading],
    since: "4.0.0",
    complexity: "by the memory in use",
    summary: "Gives memory that is not in use back to the system.",
    syntax: "MEMORY PURGE",
    tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
    run: memory_purge,
    ..SPEC
});

fn memory_purge(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.outbox.actions.push(Action::PurgeMemory);
    ctx.reply.ok();
    Ok(())
}

pub static MALLOC_STATS: Command = Command::new(Spec {
    name: "malloc-stats",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading],
    since: "4.0.0",
    complexity: "by the memory in use",
    summary: "Returns a report of the memory allocator.",
    syntax: "MEMORY MALLOC-STATS",
    tips: &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
    run: memory_malloc_stats,
    ..SPEC
});

fn memory_malloc_stats(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let report = (ctx.engine.host.allocator_report)();
    ctx.reply.verbatim("txt", &report);
    Ok(())
}
