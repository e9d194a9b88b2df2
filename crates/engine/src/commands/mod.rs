//! All commands, by group: the explicit lists from which everything else is derived.

pub mod acl_categories;
mod arguments;
pub mod bitmap;
pub mod cluster;
mod collection_scan;
pub mod connection;
pub mod deadline;
pub mod generic;
pub mod geo;
pub mod hash;
mod help;
pub mod hyperloglog;
pub mod list;
mod long_reply;
pub mod pubsub;
pub mod replication;
mod sample;
pub mod scripting;
pub mod server;
pub mod set;
pub mod snapshot;
pub mod sorted_set;
pub mod stream;
pub mod string;
pub mod transactions;

use crate::command::Command;

/// Every command there is.
pub static TABLE: &[&[&Command]] = &[
    bitmap::COMMANDS,
    cluster::COMMANDS,
    connection::COMMANDS,
    generic::COMMANDS,
    geo::COMMANDS,
    hash::COMMANDS,
    hyperloglog::COMMANDS,
    list::COMMANDS,
    pubsub::COMMANDS,
    replication::COMMANDS,
    scripting::COMMANDS,
    server::COMMANDS,
    set::COMMANDS,
    snapshot::COMMANDS,
    sorted_set::COMMANDS,
    stream::COMMANDS,
    string::COMMANDS,
    transactions::COMMANDS,
];
