//! Strings as bits, numbered as in GETBIT: bit 0 is the highest of byte 0.

pub mod combine;
pub mod count;
pub mod field;
pub mod find;
pub mod single;

pub use combine::{Operation, combine};
pub use count::count;
pub use find::find;
pub use single::{get_bit, set_bit, set_bit_within};
