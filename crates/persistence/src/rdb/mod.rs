//! The RDB format: the snapshot file of Redis and Valkey, and what a full synchronisation sends.

mod bytes;
mod format;
mod intset;
mod listpack;
pub mod load;
mod lzf;
pub mod save;
mod sorted_set;
mod stream;
mod stream_save;
mod timed_hash;
mod ziplist;

pub use bytes::RdbError;
pub use format::{Dialect, Format, VERSION};
pub(crate) use format::{REDIS_NEWEST, VALKEY};
pub use load::{Loaded, load_value};
pub use save::{
    Checksum, Saved, begin, end, select, value_type, version_of, write_entry, write_entry_head,
    write_some, write_value,
};
