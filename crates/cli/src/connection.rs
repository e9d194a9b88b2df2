//! A connection to the server: sends commands, reads replies, blocks while there are none.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use resp::{Args, Decoder, Output, Protocol, Reply, Value};

use crate::options::{Family, Options};

/// Bytes that one read asks for.
const READ: usize = 64 * 1024;

/// A stream of either kind.
pub enum Stream {
    /// To a port.
    Tcp(TcpStream),
    /// To a Unix socket.
    Unix(UnixStream),
}

impl Stream {
    /// Connects to where the options point.
    pub fn open(options: &Options) -> io::Result<Self> {
        if let Some(path) = &options.socket {
            return UnixStream::connect(path).map(Self::Unix);
        }
        let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
        for address in addresses(options)? {
            let attempt = match options.connect_timeout {
                Some(timeout) => TcpStream::connect_timeout(&address, timeout),
                None => TcpStream::connect(address),
            };
            match attempt {
                Ok(stream) => {
                    // Commands are short and someone waits for each.
                    stream.set_nodelay(true)?;
                    return Ok(Self::Tcp(stream));
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// A second handle on the same connection.
    pub fn try_clone(&self) -> io::Result<Self> {
        match self {
            Self::Tcp(stream) => stream.try_clone().map(Self::Tcp),
            Self::Unix(stream) => stream.try_clone().map(Self::Unix),
        }
    }

    /// How long a read may wait.
    pub fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_read_timeout(timeout),
            Self::Unix(stream) => stream.set_read_timeout(timeout),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buf),
            Self::Unix(stream) => stream.read(buf),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(buf),
            Self::Unix(stream) => stream.write(buf),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn addresses(options: &Options) -> io::Result<Vec<SocketAddr>> {
    let mut all: Vec<_> = (&*options.host, options.port).to_socket_addrs()?.collect();
    match options.family {
        Family::Any => {}
        // A stable sort keeps the resolver's order within a family.
        Family::V4First => all.sort_by_key(SocketAddr::is_ipv6),
        Family::V6First => all.sort_by_key(SocketAddr::is_ipv4),
    }
    Ok(all)
}

/// A stream with the replies that were read from it.
pub struct Connection {
    stream: Stream,
    decoder: Decoder,
    buf: Vec<u8>,
    /// Where in `buf` the next reply begins.
    start: usize,
}

impl Connection {
    /// Connects.
    pub fn open(options: &Options) -> io::Result<Self> {
        let stream = Stream::open(options)?;
        Ok(Self { stream, decoder: Decoder::new(), buf: Vec::new(), start: 0 })
    }

    /// Sends one command.
    pub fn send(&mut self, args: Args<'_>) -> io::Result<()> {
        self.stream.write_all(&encoded(args))
    }

    /// The next reply, waited for.
    pub fn receive(&mut self) -> io::Result<Value> {
        loop {
            if let Some(value) = self.buffered()? {
                return Ok(value);
            }
            self.read_more()?;
        }
    }

    /// Sends one command and waits for its reply.
    pub fn call(&mut self, args: Args<'_>) -> io::Result<Value> {
        self.send(args)?;
        self.receive()
    }

    /// The next reply, if all of it was read already.
    pub fn buffered(&mut self) -> io::Result<Option<Value>> {
        let decoded = self.decoder.decode(&self.buf[self.start..]).map_err(io::Error::other)?;
        Ok(decoded.map(|(value, consumed)| {
            self.start += consumed;
            value
        }))
    }

    /// Reads once; an error of kind `UnexpectedEof` when the server has closed.
    fn read_more(&mut self) -> io::Result<()> {
        if self.start == self.buf.len() {
            self.buf.clear();
            self.start = 0;
        } else if self.start > READ {
            self.buf.drain(..self.start);
            self.start = 0;
        }
        let len = self.buf.len();
        self.buf.resize(len + READ, 0);
        let read = self.stream.read(&mut self.buf[len..]);
        self.buf.truncate(len + *read.as_ref().unwrap_or(&0));
        match read? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "Server closed the connection")),
            _ => Ok(()),
        }
    }

    /// Reads once if there is something to read within `time`.
    pub fn wait(&mut self, time: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(time))?;
        let read = self.read_in_time();
        self.stream.set_read_timeout(None)?;
        read
    }

    /// Reads once, or nothing when the stream's time for a read has passed.
    pub fn read_in_time(&mut self) -> io::Result<()> {
        match self.read_more() {
            Err(error) if is_wait(&error) => Ok(()),
            read => read,
        }
    }

    /// The stream itself, for a second thread that writes to it.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }
}

/// Whether a read failed only because there was nothing to read in its time.
fn is_wait(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

/// A command as it goes over the wire.
pub fn encoded(args: Args<'_>) -> Vec<u8> {
    let mut out = Output::new();
    let mut writer = Reply::new(&mut out, Protocol::Resp2);
    writer.array(args.len());
    for arg in args {
        writer.bulk(arg);
    }
    out.take_all()
}

/// The text of an error without the system's number for it.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_arrays_of_bulks() {
        let args = resp::OwnedArgs::from_iter(["SET", "k", ""]);
        assert_eq!(encoded(args.as_args()), b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n");
    }

    #[test]
    fn errors_are_shown_without_numbers() {
        let error = io::Error::from_raw_os_error(111);
        assert_eq!(plain(&error), "Connection refused");
        assert_eq!(plain(&io::Error::other("what else")), "what else");
    }
}
