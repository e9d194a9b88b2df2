//! `ACL ...`: there is one user, `default`, who may do everything.
//!
//! Rules for users are not there yet: what asks about users is answered truthfully for the one
//! that there is, and what would change them is refused.

mod categories;
mod users;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::help::help;

pub static ACL: Command = Command::new(Spec {
    name: "acl",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Sentinel],
    since: "6.0.0",
    complexity: "by subcommand",
    summary: "Shows and manages users and what they may do.",
    syntax: "ACL <subcommand> [arg ...]",
    subcommands: &[
        &categories::CAT,
        &users::DELUSER,
        &users::DRYRUN,
        &users::GENPASS,
        &users::GETUSER,
        &HELP,
        &users::LIST,
        &users::LOAD,
        &users::LOG,
        &users::SAVE,
        &users::SETUSER,
        &users::USERS,
        &users::WHOAMI,
    ],
    ..SPEC
});

pub static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    summary: "Describes the subcommands.",
    syntax: "ACL HELP",
    run: help,
    ..SPEC
});
