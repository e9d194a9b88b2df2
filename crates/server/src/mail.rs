//! What workers send each other.

use engine::letter::Letter;

use crate::migrate::Courier;
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
    /// Listen where the settings now say.
    Rebind {
        /// The worker and the client that wait for the reply.
        waiting: (usize, u64),
        /// The settings as they were.
        undo: Vec<(String, Vec<u8>)>,
    },
    /// A `MIGRATE` has its answers: settle it.
    Migrated(Courier),
    /// Write what is pending and stop.
    Stop,
}
