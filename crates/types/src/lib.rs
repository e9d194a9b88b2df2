//! (skeleton)
pub mod number;
