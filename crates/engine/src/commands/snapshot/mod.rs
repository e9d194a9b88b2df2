//! Commands that take snapshots.

mod bgsave;

use crate::command::Command;

pub(crate) use bgsave::cut;

/// The commands.
pub static COMMANDS: &[&Command] = &[&bgsave::BGSAVE, &bgsave::SAVE];
