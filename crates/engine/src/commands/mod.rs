//! All commands, by group: the explicit lists from which everything else is derived.

pub mod bitmap;
pub mod connection;
pub mod generic;
pub mod replication;
pub mod server;
pub mod snapshot;
pub mod string;

use crate::command::Command;

/// Every command there is.
pub static TABLE: &[&[&Command]] = &[
    bitmap::COMMANDS,
    connection::COMMANDS,
    generic::COMMANDS,
    replication::COMMANDS,
    server::COMMANDS,
    snapshot::COMMANDS,
    string::COMMANDS,
];
