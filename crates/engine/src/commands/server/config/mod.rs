//! `CONFIG ...`: the settings of the running server.

mod get;
mod resetstat;
mod rewrite;
mod set;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::help::help;

pub use set::roll_back;

pub static CONFIG: Command = Command::new(Spec {
    name: "config",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    since: "2.0.0",
    complexity: "by subcommand",
    summary: "Shows and changes settings.",
    syntax: "CONFIG <subcommand> [arg ...]",
    subcommands: &[&get::GET, &HELP, &resetstat::RESETSTAT, &rewrite::REWRITE, &set::SET],
    ..SPEC
});

pub static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "5.0.0",
    summary: "Describes the subcommands.",
    syntax: "CONFIG HELP",
    run: help,
    ..SPEC
});
