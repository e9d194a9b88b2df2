//! Streams.

mod block;
mod by_id;
mod codec;
mod distance;
mod entries;
mod entry;
mod group;
mod groups;
mod id;
mod large;
#[cfg(test)]
mod tests;
mod trim;
mod whole;

pub use block::NodeLimits;
pub use by_id::{ById, HasId, Walk};
pub use entries::Entries;
pub use entry::Entry;
pub use group::{Consumer, Group, NOBODY, Pending};
pub use id::{Id, IdText, number};
pub use large::Facts;
pub use trim::{References, Strategy, Trim};
pub use whole::{Builder, Node, Stream};
