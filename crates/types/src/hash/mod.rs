//! Hashes: see `value`, and `live` for what readers see of them.

mod deadlines;
mod live;
#[cfg(test)]
mod tests;
mod timed_block;
mod timed_table;
mod value;

pub use live::{Iter, Live};
pub use value::{Hash, Lifetime, Was};
