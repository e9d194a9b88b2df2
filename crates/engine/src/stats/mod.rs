//! What the engine counts, times and keeps for those who watch it.

pub mod command_log;
pub mod command_stats;
mod counters;
pub mod latency;
pub mod rates;
pub(crate) mod timing;

pub use counters::*;
