//! Commands about the server and its databases.

mod command;
pub mod config;
mod dbsize;
mod flush;
mod info;
mod swapdb;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] = &[
    &command::COMMAND,
    &config::CONFIG,
    &dbsize::DBSIZE,
    &flush::FLUSHALL,
    &flush::FLUSHDB,
    &info::INFO,
    &swapdb::SWAPDB,
];
