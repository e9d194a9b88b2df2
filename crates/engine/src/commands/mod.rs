//! All commands, by group: the explicit lists from which everything else is derived.

pub mod bitmap;
pub mod connection;
pub mod string;

use crate::command::Command;

/// Every command there is.
pub static TABLE: &[&[&Command]] = &[bitmap::COMMANDS, connection::COMMANDS, string::COMMANDS];
