//! The hash table of a shard: see `map`.

mod bucket;
mod entry_mut;
mod expiry;
mod map;
mod perishable;
mod refill;
mod scan;
mod segment;
mod spot;
#[cfg(all(test, not(loom)))]
mod tests;

pub use entry_mut::EntryMut;
pub use expiry::Due;
pub use map::{Table, Whereabouts};
pub use perishable::Perishable;
pub use spot::Spot;
