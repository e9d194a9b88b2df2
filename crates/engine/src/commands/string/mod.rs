//! Commands on strings.

mod get;
mod set;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] = &[&get::GET, &set::SET];
