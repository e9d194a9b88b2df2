//! The hash table of a shard: see `map`.

mod bucket;
mod expiry;
mod map;
mod refill;
mod scan;
mod segment;
#[cfg(all(test, not(loom)))]
mod tests;

pub use map::{EntryMut, Table, Whereabouts};
