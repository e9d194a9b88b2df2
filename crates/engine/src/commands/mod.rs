//! All commands, by group: the explicit lists from which everything else is derived.

pub mod connection;
pub mod list;
pub mod pubsub;
pub mod set;
pub mod string;
pub mod transactions;

use crate::command::Command;

/// Every command there is.
pub static TABLE: &[&[&Command]] = &[
    connection::COMMANDS,
    list::COMMANDS,
    pubsub::COMMANDS,
    set::COMMANDS,
    string::COMMANDS,
    transactions::COMMANDS,
];
