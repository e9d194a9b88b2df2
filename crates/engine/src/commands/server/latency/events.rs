//! `LATENCY LATEST`, `LATENCY HISTORY event`, `LATENCY RESET [event ...]`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static LATEST: Command = Command::new(Spec {
    name: "latest",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "2.8.13",
    summary: "Returns the latest and the longest latency of each event.",
    syntax: "LATENCY LATEST",
    tips: &["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
    run: latency_latest,
    ..SPEC
});

fn latency_latest(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let events = ctx.engine.latency.all();
    ctx.reply.array(events.len());
    for (name, series) in events {
        let (at_s, latest_ms) = series.samples.back().copied().unwrap_or_default();
        ctx.reply.array(6);
        ctx.reply.bulk(name.as_bytes());
        for number in [at_s, latest_ms, series.max_ms, series.sum_ms, series.count] {
            ctx.reply.integer(number as i64);
        }
    }
    Ok(())
}

pub static HISTORY: Command = Command::new(Spec {
    name: "history",
    group: Group::Server,
    arity: Arity::Exactly(3),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "2.8.13",
    summary: "Returns the latencies of an event, with their times.",
    syntax: "LATENCY HISTORY event",
    tips: &["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
    run: latency_history,
    ..SPEC
});

fn latency_history(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let samples = ctx.engine.latency.of(args.at(2)).map(|(_, series)| series.samples);
    let samples = samples.unwrap_or_default();
    ctx.reply.array(samples.len());
    for (at_s, latency_ms) in samples {
        ctx.reply.array(2);
        ctx.reply.integer(at_s as i64);
        ctx.reply.integer(latency_ms as i64);
    }
    Ok(())
}

pub static RESET: Command = Command::new(Spec {
    name: "reset",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "2.8.13",
    summary: "Forgets the latencies of some events, or of all.",
    syntax: "LATENCY RESET [event [event ...]]",
    tips: &["request_policy:all_nodes", "response_policy:agg_sum"],
    run: latency_reset,
    ..SPEC
});

fn latency_reset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let names: Vec<&[u8]> = args.tail(2).iter().collect();
    let gone = ctx.engine.latency.reset((!names.is_empty()).then_some(names.as_slice()));
    ctx.reply.integer(gone as i64);
    Ok(())
}
