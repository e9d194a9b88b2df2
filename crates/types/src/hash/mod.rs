//! Hashes: see `value`.

#[cfg(test)]
mod tests;
mod value;

pub use value::{Hash, Iter};
