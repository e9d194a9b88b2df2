//! Commands for transactions.

mod discard;
mod exec;
mod multi;
mod watch;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] =
    &[&discard::DISCARD, &exec::EXEC, &multi::MULTI, &watch::UNWATCH, &watch::WATCH];
