//! Commands between a primary and its replicas, and those that wait for replicas.

mod replconf;
mod sync;
mod wait;

use crate::command::Command;

pub(crate) use wait::replicas_at;

/// The commands.
pub static COMMANDS: &[&Command] = &[&replconf::REPLCONF, &sync::SYNC, &wait::WAIT];
