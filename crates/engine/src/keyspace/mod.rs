//! The keyspace: shards, the locks that a command holds, and the handles by which it reads and
//! changes keys.

pub mod databases;
pub(crate) mod disposal;
pub mod effects;
pub mod event;
pub mod fields;
pub mod handle;
pub mod keys;
pub mod locked;
pub mod mark;
pub mod shard;
pub mod steps;
pub mod strings;
pub mod touch;
pub mod write;
