//! The Redis protocol, both ways: reads requests and replies, writes replies, opens no socket.
//!
//! Everything here is sans-IO: bytes come in as slices that the caller owns, bytes go out into an
//! [`Output`] that the caller writes. That lets one parser serve the event loop, the replication
//! link, the append-only file and the tests, and lets a fuzzer drive it without a socket.
//!
//! | module | what it holds |
//! |---|---|
//! | [`args`] | the arguments of one command, borrowed or owned |
//! | [`batch`] | the complete commands that a read buffer holds |
//! | [`request`] | the resumable request parser and its limits |
//! | [`error`] | what a malformed request is answered with |
//! | [`output`] | what a connection has yet to send |
//! | [`reply`] | the reply writer, the only place that tells RESP2 from RESP3 |
//! | [`decode`] | the reply reader of clients, links and tests |
//! | [`quote`] | inline quoting, and bytes as the cli shows them |
//! | [`number`] | integers and doubles in the text form of Redis |
//!
//! # Invariants
//!
//! 1. No input makes anything here panic, and no length in the input is trusted for an
//!    allocation before its bytes have arrived.
//! 2. How the input was cut into reads never changes what is parsed.

pub mod args;
pub mod batch;
pub mod decode;
pub mod error;
pub mod number;
pub mod output;
pub mod quote;
pub mod reply;
pub mod request;

pub use args::{Args, OwnedArgs, Span};
pub use batch::Batch;
pub use decode::{DecodeError, Decoder, Value};
pub use error::ProtocolError;
pub use output::{Output, Pieces};
pub use reply::{Deferred, Reply};
pub use request::{Limits, Parsed, RequestParser};

/// The version of the protocol that a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// What a connection starts with.
    #[default]
    Resp2,
    /// What `HELLO 3` asks for: maps, sets, doubles, pushes.
    Resp3,
}
