//! `CLIENT ...`: connections, one's own and those of others.

pub(super) mod describe;
mod filter;
mod kill;
mod list;
mod modes;
pub(super) mod names;
mod pause;
mod tracking;
mod unblock;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::help::help;

pub static CLIENT: Command = Command::new(Spec {
    name: "client",
    group: Group::Connection,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Sentinel],
    since: "2.4.0",
    complexity: "by subcommand",
    summary: "Shows and manages connections.",
    syntax: "CLIENT <subcommand> [arg ...]",
    subcommands: &[
        &tracking::CACHING,
        &modes::CAPA,
        &names::GETNAME,
        &tracking::GETREDIR,
        &HELP,
        &names::ID,
        &modes::IMPORT_SOURCE,
        &list::INFO,
        &kill::KILL,
        &list::LIST,
        &modes::NO_EVICT,
        &modes::NO_TOUCH,
        &pause::PAUSE,
        &modes::REPLY,
        &names::SETINFO,
        &names::SETNAME,
        &tracking::TRACKING,
        &tracking::TRACKINGINFO,
        &unblock::UNBLOCK,
        &pause::UNPAUSE,
    ],
    ..SPEC
});

pub static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Connection,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "5.0.0",
    summary: "Describes the subcommands.",
    syntax: "CLIENT HELP",
    run: help,
    ..SPEC
});
