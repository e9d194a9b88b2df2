//! The values that keys hold, and the arithmetic on them.

pub mod access;
pub mod bits;
pub mod digest;
pub mod geo;
pub mod hash;
pub mod hll;
pub mod lcs;
pub mod list;
pub mod long_double;
pub mod number;
mod places;
pub mod set;
pub mod sizes;
pub mod sorted_set;
pub mod stream;
pub mod value;

pub use structures::packed::Item;

pub use hash::Hash;
pub use list::{Fill, List, Side};
pub use set::Set;
pub use sizes::Sizes;
pub use sorted_set::SortedSet;
pub use stream::Stream;
pub use value::{Kind, Object, Value};
