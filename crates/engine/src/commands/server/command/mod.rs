//! `COMMAND ...`: what the server knows about its commands, derived from their declarations.

mod docs;
mod getkeys;
mod info;
mod list;
mod syntax;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::help::help;

/// compat: without a word `COMMAND` is `COMMAND INFO` of everything.
pub static COMMAND: Command = Command::new(Spec {
    name: "command",
    group: Group::Server,
    arity: Arity::AtLeast(1),
    flags: &[Flag::Loading, Flag::Stale, Flag::Sentinel],
    acl: &["connection"],
    since: "2.8.13",
    complexity: "O(N), N being the commands",
    summary: "Describes all commands.",
    syntax: "COMMAND",
    tips: &["nondeterministic_output_order"],
    run: info::command,
    subcommands: &[
        &list::COUNT,
        &docs::DOCS,
        &getkeys::GETKEYS,
        &getkeys::GETKEYSANDFLAGS,
        &HELP,
        &info::INFO,
        &list::LIST,
    ],
    ..SPEC
});

pub static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale, Flag::Sentinel],
    acl: &["connection"],
    since: "5.0.0",
    summary: "Describes the subcommands.",
    syntax: "COMMAND HELP",
    run: help,
    ..SPEC
});
