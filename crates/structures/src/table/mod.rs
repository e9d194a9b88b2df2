//! The hash table of a shard: see `map`.

mod bucket;
mod expiry;
mod map;
mod scan;
mod segment;
#[cfg(test)]
mod tests;

pub use map::{EntryMut, Table};
