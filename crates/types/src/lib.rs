//! The values that keys hold, and the arithmetic on them.

pub mod access;
pub mod bits;
pub mod digest;
pub mod geo;
pub mod hll;
pub mod lcs;
pub mod list;
pub mod long_double;
pub mod number;
pub mod set;
pub mod sorted_set;
pub mod value;

pub use structures::packed::Item;

pub use list::{Fill, List, Side};
pub use set::Set;
pub use sorted_set::SortedSet;
pub use value::{Kind, Object, Value};
