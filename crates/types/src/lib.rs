//! The values that keys hold, and the arithmetic on them.

pub mod access;
pub mod bits;
pub mod digest;
pub mod lcs;
pub mod long_double;
pub mod number;
pub mod value;

pub use value::{Kind, List, Set, Value};
