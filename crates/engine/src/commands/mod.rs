//! All commands, by group: the explicit lists from which everything else is derived.

pub mod connection;
pub mod replication;
pub mod snapshot;
pub mod string;

use crate::command::Command;

/// Every command there is.
pub static TABLE: &[&[&Command]] = &[
    connection::COMMANDS,
    replication::COMMANDS,
    snapshot::COMMANDS,
    string::COMMANDS,
];
