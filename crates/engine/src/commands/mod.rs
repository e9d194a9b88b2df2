//! All commands, by group: the explicit lists from which everything else is derived.

pub mod acl_categories;
mod arguments;
pub mod connection;
mod help;
pub mod replication;
pub mod server;
pub mod snapshot;
pub mod string;

use crate::command::Command;

/// Every command there is.
pub static TABLE: &[&[&Command]] = &[
    connection::COMMANDS,
    replication::COMMANDS,
    server::COMMANDS,
    snapshot::COMMANDS,
    string::COMMANDS,
];
