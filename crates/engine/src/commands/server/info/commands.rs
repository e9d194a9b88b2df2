//! `# Commandstats`, `# Latencystats`, `# Errorstats`: what commands cost, and what went wrong.

use std::collections::BTreeMap;

use super::text::{Text, ratio};
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::error::CommandError;
use crate::lookup;
use crate::stats::command_stats::CommandTotals;

/// What all workers counted of each command that was seen, by its full name.
pub(in crate::commands::server) fn totals(
    engine: &Engine,
) -> impl Iterator<Item = (&'static str, CommandTotals)> {
    lookup::numbered().iter().map(|entry| {
        let number = entry.command.number();
        let parts = engine.counters.iter().map(|counters| &counters.by_command[number]);
        (entry.full_name.as_str(), CommandTotals::of(parts))
    })
}

pub(super) fn calls(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    let host = &ctx.engine.host;
    for (name, all) in totals(ctx.engine) {
        let CommandTotals { calls, rejected, failed, .. } = all;
        if calls + rejected + failed == 0 {
            continue;
        }
        let us = host.micros(all.ticks);
        let each = ratio(us, calls);
        let line = format!(
            "calls={calls},usec={us},usec_per_call={each:.2},rejected_calls={rejected},\
             failed_calls={failed}"
        );
        text.field(&format!("cmdstat_{name}"), line);
    }
    Ok(())
}

pub(super) fn latencies(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    let percentiles = &ctx.config.observability.latency_tracking_info_percentiles;
    for (name, all) in totals(ctx.engine).filter(|(_, all)| all.samples() > 0) {
        let shown = |percent: &f64| {
            let us = all.percentile(*percent) as f64 / ctx.engine.host.ticks_per_us;
            format!("p{percent}={us:.3}")
        };
        let line = percentiles.iter().map(shown).collect::<Vec<_>>().join(",");
        text.field(&format!("latency_percentiles_usec_{name}"), line);
    }
    Ok(())
}

pub(super) fn errors(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    let mut all: BTreeMap<String, u64> = BTreeMap::new();
    for counters in &ctx.engine.counters {
        for (code, count) in counters.error_codes.lock().iter() {
            *all.entry(code.clone()).or_default() += count;
        }
    }
    for (code, count) in all {
        text.field(&format!("errorstat_{code}"), format_args!("count={count}"));
    }
    Ok(())
}
