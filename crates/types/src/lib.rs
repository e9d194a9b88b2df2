//! The values that keys hold, and the arithmetic on them.

pub mod number;
pub mod value;

pub use value::{Kind, List, Set, Value};
