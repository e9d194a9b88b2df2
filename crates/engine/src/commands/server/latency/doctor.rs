//! `LATENCY DOCTOR`: what the samples say, in words.

use std::fmt::Write;

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::stats::latency::Series;

pub static DOCTOR: Command = Command::new(Spec {
    name: "doctor",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "2.8.13",
    summary: "Says in words what took long, and what may help.",
    syntax: "LATENCY DOCTOR",
    tips: &["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"],
    run: latency_doctor,
    ..SPEC
});

fn latency_doctor(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let threshold_ms = ctx.config.observability.latency_monitor_threshold_ms;
    let report = report(&ctx.engine.latency.all(), threshold_ms);
    ctx.reply.verbatim("txt", &report);
    Ok(())
}

fn report(events: &[(&str, Series)], threshold_ms: u64) -> String {
    if events.is_empty() && threshold_ms == 0 {
        return "Nothing is measured: latency-monitor-threshold is 0. CONFIG SET it to the \
                milliseconds from which a latency is worth noting.\n"
            .into();
    }
    if events.is_empty() {
        return format!("All is well: nothing took {threshold_ms} milliseconds or more.\n");
    }
    let mut text = String::from("These events took long:\n\n");
    for (name, series) in events {
        let mean = series.sum_ms / series.count.max(1);
        let (count, longest) = (series.count, series.max_ms);
        // Writing to a string does not fail.
        let _ = writeln!(text, "- {name}: {count} times, {mean} ms on average, {longest} at most");
    }
    text.push('\n');
    for (name, _) in events {
        let _ = writeln!(text, "{name}: {}", advice(name));
    }
    text
}

fn advice(event: &str) -> &'static str {
    match event {
        "command" => {
            "SLOWLOG GET shows which commands it was; commands on very large values, or with \
             patterns over all keys, are the usual ones."
        }
        "fast-command" => {
            "A command that cannot take long waited for the processor: see whether the machine is \
             overloaded, swaps, or shares its cores with others."
        }
        _ => "See the documentation of this event.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_says_whether_anything_is_measured_at_all() {
        assert!(report(&[], 0).contains("latency-monitor-threshold is 0"));
        assert!(report(&[], 100).contains("100 milliseconds"));
    }

    #[test]
    fn every_event_is_named_with_its_numbers() {
        let series = Series { samples: [].into(), max_ms: 30, sum_ms: 40, count: 2 };
        let text = report(&[("command", series)], 10);
        assert!(text.contains("- command: 2 times, 20 ms on average, 30 at most"), "{text}");
    }
}
