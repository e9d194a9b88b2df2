//! The values that keys hold, and the arithmetic on them.

pub mod value;

pub use value::{Kind, List, Set, Value};
