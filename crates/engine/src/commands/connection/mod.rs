//! Commands about the connection itself.

mod ping;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] = &[&ping::PING];
