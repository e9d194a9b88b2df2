//! `LATENCY ...`: what took long, and how the times of commands are spread.

mod doctor;
mod events;
mod graph;
mod histogram;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::help::help;

pub static LATENCY: Command = Command::new(Spec {
    name: "latency",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    since: "2.8.13",
    complexity: "by subcommand",
    summary: "Shows what took long.",
    syntax: "LATENCY <subcommand> [arg ...]",
    subcommands: &[
        &doctor::DOCTOR,
        &graph::GRAPH,
        &HELP,
        &histogram::HISTOGRAM,
        &events::HISTORY,
        &events::LATEST,
        &events::RESET,
    ],
    ..SPEC
});

pub static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "2.8.13",
    summary: "Describes the subcommands.",
    syntax: "LATENCY HELP",
    run: help,
    ..SPEC
});
