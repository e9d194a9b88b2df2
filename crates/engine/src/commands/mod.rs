//! All commands, by group: the explicit lists from which everything else is derived.

pub mod acl_categories;
mod arguments;
pub mod connection;
mod help;
pub mod server;
pub mod string;

use crate::command::Command;

/// Every command there is.
pub static TABLE: &[&[&Command]] = &[connection::COMMANDS, server::COMMANDS, string::COMMANDS];
