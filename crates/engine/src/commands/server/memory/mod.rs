//! `MEMORY ...`: what memory is used for.

mod doctor;
mod purge;
mod stats;
mod usage;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::help::help;

pub static MEMORY: Command = Command::new(Spec {
    name: "memory",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    since: "4.0.0",
    complexity: "by subcommand",
    summary: "Shows what memory is used for.",
    syntax: "MEMORY <subcommand> [arg ...]",
    subcommands: &[
        &doctor::DOCTOR,
        &HELP,
        &purge::MALLOC_STATS,
        &purge::PURGE,
        &stats::STATS,
        &usage::USAGE,
    ],
    ..SPEC
});

pub static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "4.0.0",
    summary: "Describes the subcommands.",
    syntax: "MEMORY HELP",
    run: help,
    ..SPEC
});
