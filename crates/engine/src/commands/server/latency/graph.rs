//! `LATENCY GRAPH event`: the samples of an event as columns of text.

use std::fmt::Write;

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::text;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::stats::latency::Series;

/// Columns of the graph.
const COLUMNS: usize = 80;
/// From empty to full.
const STEPS: [char; 4] = [' ', '_', 'o', '#'];
const ROWS: u64 = 4;

pub static GRAPH: Command = Command::new(Spec {
    name: "graph",
    group: Group::Server,
    arity: Arity::Exactly(3),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "2.8.13",
    summary: "Draws the latencies of an event.",
    syntax: "LATENCY GRAPH event",
    tips: &["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
    run: latency_graph,
    ..SPEC
});

fn latency_graph(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let Some((name, series)) = ctx.engine.latency.of(args.at(2)) else {
        let event = text(args.at(2));
        return Err(CommandError::err(format!("No samples available for event '{event}'")));
    };
    let graph = draw(name, &series, ctx.now_ms() / 1000);
    ctx.reply.verbatim("txt", &graph);
    Ok(())
}

fn draw(name: &str, series: &Series, now_s: u64) -> String {
    let skip = series.samples.len().saturating_sub(COLUMNS);
    let samples: Vec<(u64, u64)> = series.samples.iter().skip(skip).copied().collect();
    let high = samples.iter().map(|(_, ms)| *ms).max().unwrap_or(0);
    let low = samples.iter().map(|(_, ms)| *ms).min().unwrap_or(0);
    let all_time = series.max_ms;
    let mut graph =
        format!("{name} - high {high} ms, low {low} ms (all time high {all_time} ms)\n");
    graph.push_str(&"-".repeat(COLUMNS));
    graph.push('\n');
    let steps = STEPS.len() as u64 - 1;
    for row in (0..ROWS).rev() {
        for (_, ms) in &samples {
            let level = (ms - low) * (ROWS * steps - 1) / (high - low).max(1) + 1;
            graph.push(STEPS[level.saturating_sub(row * steps).min(steps) as usize]);
        }
        graph.push('\n');
    }
    write_ages(&mut graph, &samples, now_s);
    graph
}

/// How long ago each sample was, written downwards.
fn write_ages(graph: &mut String, samples: &[(u64, u64)], now_s: u64) {
    let ages: Vec<Vec<char>> = samples
        .iter()
        .map(|(at_s, _)| age(now_s.saturating_sub(*at_s)).chars().collect())
        .collect();
    let longest = ages.iter().map(Vec::len).max().unwrap_or(0);
    graph.push('\n');
    for line in 0..longest {
        let letters = ages.iter().map(|age| age.get(line).copied().unwrap_or(' '));
        // Writing to a string does not fail.
        let _ = writeln!(graph, "{}", letters.collect::<String>().trim_end());
    }
}

fn age(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..86_400 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_latencies_are_taller_and_ages_stand_below() {
        let samples = [(100, 1), (130, 7), (160, 13)].into_iter().collect();
        let series = Series { samples, max_ms: 20, sum_ms: 21, count: 3 };
        let graph = draw("command", &series, 170);
        let lines: Vec<&str> = graph.lines().collect();
        assert_eq!(lines[0], "command - high 13 ms, low 1 ms (all time high 20 ms)");
        assert_eq!(lines[2..6], ["  #", "  #", " ##", "_##"]);
        assert_eq!(lines[7..], ["141", "m00", " ss"]);
    }
}
