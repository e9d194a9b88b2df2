//! Sets: see `value`.

mod integers;
#[cfg(test)]
mod tests;
mod value;

pub use integers::Integers;
pub use value::{Iter, Set};
