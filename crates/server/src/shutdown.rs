//! Signals, as bytes in a pipe that the first worker watches.

use std::io::{self, Read};
use std::os::unix::net::UnixStream as StdUnixStream;

use mio::net::UnixStream;
use signal_hook::consts::{SIGINT, SIGTERM};

/// The end of the pipe that the event loop reads.
pub struct Signals {
    /// One byte arrives per signal.
    pub pipe: UnixStream,
}

impl Signals {
    /// Catches SIGTERM and SIGINT; SIGHUP and SIGPIPE do nothing.
    pub fn catch() -> io::Result<Signals> {
        let (reader, writer) = StdUnixStream::pair()?;
        reader.set_nonblocking(true)?;
        writer.set_nonblocking(true)?;
        for signal in [SIGTERM, SIGINT] {
            signal_hook::low_level::pipe::register(signal, writer.try_clone()?)?;
        }
        let (ignored, _unread) = StdUnixStream::pair()?;
        ignored.set_nonblocking(true)?;
        signal_hook::low_level::pipe::register(signal_hook::consts::SIGHUP, ignored)?;
        Ok(Signals { pipe: UnixStream::from_std(reader) })
    }

    /// Whether a signal asks the server to end.
    pub fn arrived(&mut self) -> bool {
        let mut bytes = [0; 16];
        self.pipe.read(&mut bytes).is_ok_and(|read| read > 0)
    }
}
