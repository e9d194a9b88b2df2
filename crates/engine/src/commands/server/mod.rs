//! Commands about the server and its databases.

mod acl;
mod command;
mod config;
mod dbsize;
mod debug;
mod flush;
mod info;
mod lastsave;
mod latency;
mod lolwut;
mod memory;
mod module;
mod monitor;
mod replicaof;
mod role;
mod shutdown;
mod slowlog;
mod swapdb;
mod time;

use crate::command::Command;

pub use config::roll_back;

/// The group.
pub static COMMANDS: &[&Command] = &[
    &acl::ACL,
    &command::COMMAND,
    &slowlog::COMMANDLOG,
    &config::CONFIG,
    &dbsize::DBSIZE,
    &debug::DEBUG,
    &flush::FLUSHALL,
    &flush::FLUSHDB,
    &info::INFO,
    &lastsave::LASTSAVE,
    &latency::LATENCY,
    &lolwut::LOLWUT,
    &memory::MEMORY,
    &module::MODULE,
    &monitor::MONITOR,
    &replicaof::REPLICAOF,
    &role::ROLE,
    &shutdown::SHUTDOWN,
    &replicaof::SLAVEOF,
    &slowlog::SLOWLOG,
    &swapdb::SWAPDB,
    &time::TIME,
];
