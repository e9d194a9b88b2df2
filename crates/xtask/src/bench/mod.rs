//! `bench`: server CPU time per command, Basalt and a peer side by side on the same load.
//!
//! CPU time and not requests per second: on a machine that does other work too, the first
//! stays within a few per cent and the second does not. Each server has one worker pinned to
//! core 0, the load runs on core 1, and the servers take turns (A B A B), so that whatever
//! slows the machine down slows both.

mod computations;
mod large;
mod load;
mod measure;
mod pulse;
mod scene;
mod stage;

pub use measure::{Options, run};
