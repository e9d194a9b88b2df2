//! `LATENCY HISTOGRAM [command ...]`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::server::info;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::lookup;
use crate::stats::command_stats::CommandTotals;

/// The longest time that has a step of its own: 2^30 microseconds.
const STEPS: u32 = 31;

pub static HISTOGRAM: Command = Command::new(Spec {
    name: "histogram",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "7.0.0",
    complexity: "O(N), N being the commands",
    summary: "Returns how many calls of each command took at most 1, 2, 4, ... microseconds.",
    syntax: "LATENCY HISTOGRAM [command [command ...]]",
    tips: &["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
    run: latency_histogram,
    ..SPEC
});

/// compat: a container stands for its subcommands, and unknown names are left out.
fn latency_histogram(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let mut wanted: Vec<&str> = Vec::new();
    for name in args.tail(2) {
        let Some(command) = lookup::find_full(name) else { continue };
        wanted.push(lookup::full_name(command));
        wanted.extend(command.spec.subcommands.iter().map(|sub| lookup::full_name(sub)));
    }
    let is_wanted = |name: &str| args.len() == 2 || wanted.contains(&name);
    let found: Vec<(&str, CommandTotals)> = info::totals(ctx.engine)
        .filter(|(name, all)| all.samples() > 0 && is_wanted(name))
        .collect();
    ctx.reply.map(found.len());
    for (name, all) in found {
        ctx.reply.bulk(name.as_bytes());
        show(ctx, &all);
    }
    Ok(())
}

/// Each step that has more calls than the one before, with the calls so far.
fn show(ctx: &mut Ctx<'_>, all: &CommandTotals) {
    let mut steps: Vec<(i64, i64)> = Vec::new();
    for power in 0..STEPS {
        let us = 1i64 << power;
        let within = all.within(ctx.engine.host.ticks_of(us)) as i64;
        if steps.last().map_or(within > 0, |(_, before)| within > *before) {
            steps.push((us, within));
        }
    }
    ctx.reply.map(2);
    ctx.reply.bulk(b"calls");
    ctx.reply.integer(all.samples() as i64);
    ctx.reply.bulk(b"histogram_usec");
    ctx.reply.map(steps.len());
    for (us, within) in steps {
        ctx.reply.integer(us);
        ctx.reply.integer(within);
    }
}
