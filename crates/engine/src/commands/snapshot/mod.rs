//! Commands that take snapshots.

mod bgsave;

use crate::command::Command;

/// The commands.
pub static COMMANDS: &[&Command] = &[&bgsave::BGSAVE, &bgsave::SAVE];
