//! The RDB format: the snapshot file of Redis and Valkey, and what a full synchronisation sends.

pub mod save;

pub use save::{Checksum, Saved, begin, end, select, write_entry};
