//! A client's socket, TCP or unix.

use std::io::{self, IoSlice, Read, Write};
use std::os::fd::AsRawFd;
use std::time::Duration;

use mio::event::Source;
use mio::net::{TcpStream, UnixStream};
use mio::{Interest, Registry, Token};

/// A connected stream.
#[derive(Debug)]
pub enum Socket {
    /// TCP.
    Tcp(TcpStream),
    /// A unix socket, with the path that was connected to.
    Unix(UnixStream, String),
}

impl Socket {
    /// Sets the options that clients expect: no delay, and probes while idle.
    pub fn prepare(&self, keepalive_s: i32) {
        let Socket::Tcp(stream) = self else { return };
        // A client that closed already is noticed at the first read.
        let _ = stream.set_nodelay(true);
        if let Ok(interval @ 1..) = u64::try_from(keepalive_s) {
            let probes = socket2::TcpKeepalive::new()
                .with_time(Duration::from_secs(interval))
                .with_interval(Duration::from_secs((interval / 3).max(1)))
                .with_retries(3);
            let _ = socket2::SockRef::from(stream).set_tcp_keepalive(&probes);
        }
    }

    /// Address of the other side, as clients are listed.
    pub fn peer(&self) -> String {
        match self {
            Socket::Tcp(stream) => stream.peer_addr().map_or("?:0".into(), |at| at.to_string()),
            Socket::Unix(_, path) => format!("{path}:0"),
        }
    }

    /// Own address.
    pub fn local(&self) -> String {
        match self {
            Socket::Tcp(stream) => stream.local_addr().map_or("?:0".into(), |at| at.to_string()),
            Socket::Unix(_, path) => format!("{path}:0"),
        }
    }

    /// Whether the other side is on this machine.
    pub fn is_local(&self) -> bool {
        match self {
            Socket::Tcp(stream) => stream.peer_addr().is_ok_and(|at| at.ip().to_canonical().is_loopback()),
            Socket::Unix(..) => true,
        }
    }

    /// Whether it is a unix socket.
    pub fn is_unix(&self) -> bool {
        matches!(self, Socket::Unix(..))
    }

    /// File descriptor.
    pub fn fd(&self) -> i64 {
        match self {
            Socket::Tcp(stream) => i64::from(stream.as_raw_fd()),
            Socket::Unix(stream, _) => i64::from(stream.as_raw_fd()),
        }
    }

    /// Watches the socket for both directions, once for its life.
    pub fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        let both = Interest::READABLE | Interest::WRITABLE;
        match self {
            Socket::Tcp(stream) => stream.register(registry, token, both),
            Socket::Unix(stream, _) => stream.register(registry, token, both),
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self {
            Socket::Tcp(stream) => stream.read(buf),
            Socket::Unix(stream, _) => stream.read(buf),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        match self {
            Socket::Tcp(stream) => stream.write(buf),
            Socket::Unix(stream, _) => stream.write(buf),
        }
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Socket::Tcp(stream) => stream.write_vectored(slices),
            Socket::Unix(stream, _) => stream.write_vectored(slices),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
