//! The values that keys hold, and the arithmetic on them.

pub mod access;
pub mod bits;
pub mod digest;
pub mod hash;
pub mod lcs;
pub mod list;
pub mod long_double;
pub mod number;
pub mod set;
pub mod sizes;
pub mod value;

pub use hash::Hash;
pub use list::List;
pub use set::Set;
pub use sizes::Sizes;
pub use structures::packed::Item;
pub use value::{Kind, Object, Value};
