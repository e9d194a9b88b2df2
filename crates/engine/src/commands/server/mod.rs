//! Commands about the server.

mod command;
pub mod config;
mod info;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] = &[&command::COMMAND, &config::CONFIG, &info::INFO];
