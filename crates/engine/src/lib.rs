//! (skeleton)
pub mod config;
pub mod glob;
