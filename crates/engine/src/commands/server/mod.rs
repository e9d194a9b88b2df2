//! Commands about the server and its databases.

mod dbsize;
mod flush;
mod swapdb;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] =
    &[&dbsize::DBSIZE, &flush::FLUSHALL, &flush::FLUSHDB, &swapdb::SWAPDB];
