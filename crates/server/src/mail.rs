//! What workers send each other.

use engine::letter::Letter;

use crate::socket::Socket;

/// A message to a worker's event loop.
#[derive(Debug)]
pub enum Mail {
    /// Serve this new connection.
    Adopt(Socket),
    /// Something from a command for one of the worker's clients.
    Letter(Letter),
    /// The log's watermark has moved: replies may leave.
    Released,
    /// Write what is pending and stop.
    Stop,
}
