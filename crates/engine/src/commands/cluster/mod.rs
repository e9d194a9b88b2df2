//! Commands of a cluster's nodes, as a server answers them that is none.

mod container;
mod keyslot;
mod modes;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] = &[
    &modes::ASKING,
    &container::CLUSTER,
    &modes::CLUSTERSCAN,
    &modes::READONLY,
    &modes::READWRITE,
];
