//! Keyspace, dispatch and all commands of Basalt.
//!
//! The engine opens no socket and no file, spawns no thread and reads no clock: time comes in as a
//! parameter; replies, log records, letters and actions go out.

mod admit;
pub mod blocking;
pub mod clients;
pub mod command;
pub mod commands;
mod commit;
pub mod compact;
pub mod config;
pub mod ctx;
pub mod dispatch;
pub mod engine;
pub mod error;
pub mod evict;
pub mod expire;
pub mod farewell;
pub mod glob;
pub mod host;
pub mod identity;
pub mod key_specs;
pub mod keyspace;
pub mod letter;
pub mod locking;
pub mod log;
pub mod lookup;
pub mod migration;
mod monitor;
pub mod prefetch;
pub mod pubsub;
pub mod random;
mod redact;
pub mod script;
pub mod serve;
pub mod session;
pub mod shebang;
pub mod snapshot;
pub mod stats;
pub mod sweep;
pub mod watch;
pub mod worker;

pub use command::Command;
pub use ctx::Ctx;
pub use engine::Engine;
pub use error::CommandError;
pub use session::Session;
pub use worker::Worker;
