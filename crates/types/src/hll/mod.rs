//! HyperLogLogs: how many different elements were seen, told from 16,384 small numbers.
//!
//! Each element is hashed. Some bits of the hash choose a register, and the zeros at the end of
//! the others give a level, of which the register keeps the highest; many high levels mean many
//! elements. The values are ordinary strings and byte for byte those of Redis, so that files,
//! replicas and clients that carry them about need not know.

mod dense;
mod error;
mod estimate;
mod hash;
mod header;
mod sketch;
mod sparse;
mod write;

pub use error::HllError;
pub use estimate::estimate;
pub use hash::Sign;
pub use header::{Encoding, Header, fresh, set_cached};
pub use sketch::Sketch;
pub use structures::sixes::Maxima;
pub use write::{SPARE_BYTES, add, empty, merge, to_dense};

/// Number of registers.
pub const REGISTERS: usize = structures::sixes::NUMBERS;
