//! Lists.

mod elements;
mod fill;
mod node;
#[cfg(test)]
mod tests;
mod whole;

pub use elements::Elements;
pub use fill::Fill;
pub use whole::{List, Side};
