//! Big collections of named elements: the members of sets and sorted sets, the fields of hashes.
//! See `map`.

mod chunk;
mod codec;
mod count;
mod locator;
mod look;
mod map;
mod segment;
mod spot;
#[cfg(all(test, not(loom)))]
mod tests;

pub use locator::Locator;
pub use look::{Iter, TOGETHER};
pub use map::{Elements, PayloadKind};
pub use spot::Spot;
