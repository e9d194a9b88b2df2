//! (skeleton)
pub mod access;
pub mod bits;
pub mod digest;
pub mod lcs;
pub mod long_double;
pub mod number;
