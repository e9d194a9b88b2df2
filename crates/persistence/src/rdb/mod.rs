//! The RDB format: the snapshot file of Redis and Valkey, and what a full synchronisation sends.

mod bytes;
mod intset;
mod listpack;
pub mod load;
mod lzf;
pub mod save;
mod sorted_set;
mod stream;
mod stream_save;
mod ziplist;

pub use bytes::RdbError;
pub use load::{Loaded, load_value};
pub use save::{
    Checksum, Saved, VERSION, begin, end, select, value_type, write_entry, write_entry_head,
    write_some, write_value,
};
