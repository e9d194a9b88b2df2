//! Listening sockets: opening them, and taking connections in.
//!
//! One worker accepts for all and hands each connection to the worker with the fewest. A limit of
//! file descriptors that is reached harms nobody who is connected: accepting is tried again later.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::atomic::Ordering;

use engine::config::Config;
use mio::net::{TcpListener, UnixListener};
use mio::{Interest, Registry, Token};

use crate::mail::Mail;
use crate::shared::Shared;
use crate::socket::Socket;

/// A socket that accepts connections.
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// Unix, with its path.
    Unix(UnixListener, String),
}

/// Opens every socket that the settings name.
pub fn open(config: &Config) -> Result<Vec<Listener>, String> {
    let mut listeners = open_tcp(config)?;
    let path = &config.network.unixsocket;
    if !path.is_empty() {
        let _ = std::fs::remove_file(path);
        let listener = UnixListener::bind(path)
            .map_err(|error| format!("Failed opening Unix socket: bind: {error}"))?;
        set_mode(path, config.network.unixsocketperm);
        listeners.push(Listener::Unix(listener, path.clone()));
    }
    Ok(listeners)
}

/// Opens the TCP sockets that the settings name.
pub fn open_tcp(config: &Config) -> Result<Vec<Listener>, String> {
    let mut listeners = Vec::new();
    if config.network.port == 0 {
        return Ok(listeners);
    }
    for address in &config.network.bind {
        if let Some(listener) = bind(address, config)? {
            listeners.push(Listener::Tcp(listener));
        }
    }
    if listeners.is_empty() && !config.network.bind.is_empty() {
        let port = config.network.port;
        return Err(format!("Failed listening on port {port} (tcp), aborting."));
    }
    Ok(listeners)
}

fn set_mode(path: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    if mode != 0 {
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    }
}

/// Binds one address; `Ok(None)` where it begins with `-` and is not there.
fn bind(address: &str, config: &Config) -> Result<Option<TcpListener>, String> {
    let optional = address.starts_with('-');
    let host = address.trim_start_matches('-');
    let port = config.network.port;
    let result = resolve(host, port).and_then(|at| listen(at, config.network.tcp_backlog));
    match result {
        Ok(listener) => Ok(Some(listener)),
        Err(_) if optional => Ok(None),
        Err(error) => Err(format!(
            "Warning: Could not create server TCP listening socket {host}:{port}: {error}"
        )),
    }
}

fn resolve(host: &str, port: u16) -> io::Result<SocketAddr> {
    let host = match host {
        "*" => "0.0.0.0",
        "::*" => "::",
        host => host,
    };
    (host, port).to_socket_addrs()?.next().ok_or_else(|| ErrorKind::AddrNotAvailable.into())
}

fn listen(at: SocketAddr, backlog: i32) -> io::Result<TcpListener> {
    use socket2::{Domain, Protocol, Socket as Raw, Type};
    let raw = Raw::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    raw.set_reuse_address(true)?;
    if at.is_ipv6() {
        raw.set_only_v6(true)?;
    }
    raw.set_nonblocking(true)?;
    raw.bind(&at.into())?;
    raw.listen(backlog)?;
    Ok(TcpListener::from_std(raw.into()))
}

impl Listener {
    /// Watches for connections.
    pub fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        match self {
            Listener::Tcp(listener) => registry.register(listener, token, Interest::READABLE),
            Listener::Unix(listener, _) => registry.register(listener, token, Interest::READABLE),
        }
    }

    /// Watches under another token.
    pub fn reregister(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        match self {
            Listener::Tcp(listener) => registry.reregister(listener, token, Interest::READABLE),
            Listener::Unix(listener, _) => registry.reregister(listener, token, Interest::READABLE),
        }
    }

    fn accept(&self) -> io::Result<Socket> {
        match self {
            Listener::Tcp(listener) => listener.accept().map(|(stream, _)| Socket::Tcp(stream)),
            Listener::Unix(listener, path) => {
                listener.accept().map(|(stream, _)| Socket::Unix(stream, path.clone()))
            }
        }
    }
}

/// Takes in what waits at a listener. True where it must be asked again, without being told.
pub fn accept_all(listener: &Listener, shared: &Shared, config: &Config) -> bool {
    for _ in 0..1000 {
        match listener.accept() {
            Ok(socket) => admit(socket, shared, config),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            Err(error) => {
                shared.log.warning(&format!("Accepting client connection: {error}"));
                return true;
            }
        }
    }
    true
}

fn admit(mut socket: Socket, shared: &Shared, config: &Config) {
    let count = shared.connections.load(Ordering::Relaxed);
    if count >= config.clients.maxclients as usize {
        shared.engine.counters[0].rejected.add(1);
        return refuse(&mut socket, "-ERR max number of clients reached\r\n");
    }
    let open_to_all = config.security.requirepass.is_empty();
    if config.network.protected_mode && open_to_all && !socket.is_local() {
        shared.engine.counters[0].rejected.add(1);
        return refuse(&mut socket, PROTECTED);
    }
    socket.prepare(config.network.tcp_keepalive_s);
    shared.connections.fetch_add(1, Ordering::Relaxed);
    let worker = shared.least_busy();
    shared.doors[worker].connections.fetch_add(1, Ordering::Relaxed);
    shared.engine.counters[0].connections.add(1);
    shared.post(worker, Mail::Adopt(socket));
}

const PROTECTED: &str = "-DENIED Running in protected mode because protected mode is enabled and \
    no password is set for the default user. In this mode connections are only accepted from the \
    loopback interface. To connect from another machine, set a password ('CONFIG SET requirepass' \
    or the 'requirepass' directive), or switch protected mode off ('CONFIG SET protected-mode no', \
    or '--protected-mode no') if the network is trusted.\r\n";

fn refuse(socket: &mut Socket, text: &str) {
    use std::io::Write;
    // A client that cannot take even this is closed without it.
    let _ = socket.write(text.as_bytes());
}
