//! Reading replies: the side of the protocol that clients, links, scripts and tests see.
pub mod decoder;
pub mod value;

pub use decoder::{DecodeError, Decoder};
pub use value::Value;
