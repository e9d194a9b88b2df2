//! The data structures of Basalt, and the only home of its unsafe code.
//!
//! Every module says who owns which memory. Nothing here knows of commands, sockets or clocks:
//! the callers bring positions, times in milliseconds and values of a type that they choose.

pub mod alloc;
pub mod blob;
pub mod claim;
pub mod elements;
pub mod entry;
pub mod lock;
pub mod log_marks;
pub mod mailbox;
pub mod mapping;
pub mod packed;
pub mod popcount;
pub mod position;
mod prefetch;
pub mod shared;
pub mod sixes;
pub mod slab;
pub mod stoppable;
pub mod sync;
pub mod table;
pub mod tally;
pub mod ticks;
pub mod tree;

pub use blob::Blob;
pub use claim::Claim;
pub use elements::{Elements, PayloadKind};
pub use entry::{EntryRef, OwnedEntry, Payload, Put};
pub use lock::{ShardGuard, ShardLock};
pub use log_marks::LogMarks;
pub use mailbox::Mailbox;
pub use packed::Packed;
pub use position::{Position, PositionHasher};
pub use prefetch::{prefetch_read, prefetch_write};
pub use shared::Shared;
pub use stoppable::{Stop, Stoppable};
pub use table::{Due, Perishable, Spot, Table};
pub use tally::Tally;
pub use ticks::TickClock;
pub use tree::Tree;
