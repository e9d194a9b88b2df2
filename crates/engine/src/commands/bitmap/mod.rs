//! Commands on the bits of strings.

mod getbit;
mod offset;
mod setbit;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] = &[&getbit::GETBIT, &setbit::SETBIT];
