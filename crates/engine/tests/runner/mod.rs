//! Plays transcripts: against the engine in this process, or against a server over a socket.

pub mod engine;
pub mod people;
pub mod socket;
pub mod transcript;
