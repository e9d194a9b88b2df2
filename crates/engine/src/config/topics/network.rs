//! Where the server listens and how it treats its sockets.
//!
//! # Invariants
//!
//! 1. A field bears its directive's name, with the unit at its end.

use crate::config::checks::{check_no_mptcp, check_no_rdma};
use crate::config::directive::{Directive, Form};
use crate::config::effect;
use crate::config::special;
use crate::config::values::{I32_MAX, U32_MAX, narrow};

/// Where the server listens and how it treats its sockets.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// `bind`: addresses to listen on; `-` in front makes a missing address no error.
    pub bind: Vec<String>,
    /// `bind-source-addr`: local address of outgoing connections.
    pub bind_source_addr: String,
    /// `port`: TCP port to listen on; 0 opens none.
    pub port: u16,
    /// `tcp-backlog`: length of the queue of connections not accepted yet.
    pub tcp_backlog: i32,
    /// `tcp-keepalive`: seconds of silence before the kernel probes a client; 0 never probes.
    pub tcp_keepalive_s: i32,
    /// `timeout`: seconds after which an idle client is closed; 0 never closes.
    pub timeout_s: i32,
    /// `mptcp`: multipath TCP on the listening sockets.
    pub mptcp: bool,
    /// `protected-mode`: refuse clients from other machines while the default user has no password.
    pub protected_mode: bool,
    /// `unixsocket`: path of a Unix socket to listen on.
    pub unixsocket: String,
    /// `unixsocketgroup`: group that owns the Unix socket.
    pub unixsocketgroup: String,
    /// `unixsocketperm`: permissions of the Unix socket, in octal.
    pub unixsocketperm: u32,
    /// `socket-mark-id`: mark put on packets of listening sockets, for firewall rules.
    pub socket_mark_id: u32,
    /// `max-new-connections-per-cycle`: connections accepted in one turn of the event loop.
    pub max_new_connections_per_cycle: u32,
    /// `rdma-bind`: addresses to listen on for RDMA.
    pub rdma_bind: Vec<String>,
    /// `rdma-port`: port to listen on for RDMA.
    pub rdma_port: u16,
    /// `rdma-rx-size`: bytes of one RDMA receive buffer.
    pub rdma_rx_size_bytes: u32,
    /// `rdma-completion-vector`: completion vector of RDMA connections; -1 chooses any.
    pub rdma_completion_vector: i32,
}

impl Default for Network {
    fn default() -> Self {
        Network {
            bind: vec!["*".to_owned(), "-::*".to_owned()],
            bind_source_addr: String::new(),
            port: 6379,
            tcp_backlog: 511,
            tcp_keepalive_s: 300,
            timeout_s: 0,
            mptcp: false,
            protected_mode: true,
            unixsocket: String::new(),
            unixsocketgroup: String::new(),
            unixsocketperm: 0,
            socket_mark_id: 0,
            max_new_connections_per_cycle: 10,
            rdma_bind: Vec::new(),
            rdma_port: 0,
            rdma_rx_size_bytes: 1024 * 1024,
            rdma_completion_vector: -1,
        }
    }
}

/// The directives of this topic.
pub(in crate::config) static DIRECTIVES: &[Directive] = &[
    Directive::special("bind", special::BIND)
        .about("Addresses to listen on; `-` in front makes a missing address no error"),
    Directive::optional_text(
        "bind-source-addr",
        |c| &c.network.bind_source_addr,
        |c, v| c.network.bind_source_addr = v,
    )
    .about("Local address of outgoing connections")
    .effect(effect::REPL),
    Directive::number(
        "port",
        Form::Integer,
        (0, 65_535),
        |c| c.network.port.into(),
        |c, v| c.network.port = narrow(v),
    )
    .about("TCP port to listen on; 0 opens none"),
    Directive::number(
        "tcp-backlog",
        Form::Integer,
        (0, I32_MAX),
        |c| c.network.tcp_backlog.into(),
        |c, v| c.network.tcp_backlog = narrow(v),
    )
    .immutable()
    .about("Length of the queue of connections not accepted yet"),
    Directive::number(
        "tcp-keepalive",
        Form::Integer,
        (0, I32_MAX),
        |c| c.network.tcp_keepalive_s.into(),
        |c, v| c.network.tcp_keepalive_s = narrow(v),
    )
    .about("Seconds of silence before the kernel probes a client; 0 never probes"),
    Directive::number(
        "timeout",
        Form::Integer,
        (0, I32_MAX),
        |c| c.network.timeout_s.into(),
        |c, v| c.network.timeout_s = narrow(v),
    )
    .about("Seconds after which an idle client is closed; 0 never closes"),
    Directive::bool("mptcp", |c| c.network.mptcp, |c, v| c.network.mptcp = v)
        .immutable()
        .about("Multipath TCP on the listening sockets")
        .effect(effect::MPTCP)
        .check(check_no_mptcp),
    Directive::bool(
        "protected-mode",
        |c| c.network.protected_mode,
        |c, v| c.network.protected_mode = v,
    )
    .about("Refuse clients from other machines while the default user has no password"),
    Directive::optional_text(
        "unixsocket",
        |c| &c.network.unixsocket,
        |c, v| c.network.unixsocket = v,
    )
    .immutable()
    .about("Path of a Unix socket to listen on"),
    Directive::optional_text(
        "unixsocketgroup",
        |c| &c.network.unixsocketgroup,
        |c, v| c.network.unixsocketgroup = v,
    )
    .immutable()
    .about("Group that owns the Unix socket"),
    Directive::number(
        "unixsocketperm",
        Form::Octal,
        (0, 0o777),
        |c| c.network.unixsocketperm.into(),
        |c, v| c.network.unixsocketperm = narrow(v),
    )
    .immutable()
    .about("Permissions of the Unix socket, in octal"),
    Directive::number(
        "socket-mark-id",
        Form::Integer,
        (0, U32_MAX),
        |c| c.network.socket_mark_id.into(),
        |c, v| c.network.socket_mark_id = narrow(v),
    )
    .immutable()
    .about("Mark put on packets of listening sockets, for firewall rules")
    .effect(effect::UNUSED_SOCKET),
    Directive::number(
        "max-new-connections-per-cycle",
        Form::Integer,
        (1, 1000),
        |c| c.network.max_new_connections_per_cycle.into(),
        |c, v| c.network.max_new_connections_per_cycle = narrow(v),
    )
    .about("Connections accepted in one turn of the event loop"),
    Directive::special("rdma-bind", special::RDMA_BIND)
        .about("Addresses to listen on for RDMA")
        .effect(effect::RDMA)
        .command_check(check_no_rdma),
    Directive::number(
        "rdma-port",
        Form::Integer,
        (0, 65_535),
        |c| c.network.rdma_port.into(),
        |c, v| c.network.rdma_port = narrow(v),
    )
    .about("Port to listen on for RDMA")
    .effect(effect::RDMA)
    .command_check(check_no_rdma),
    Directive::number(
        "rdma-rx-size",
        Form::Integer,
        (64 * 1024, 16 * 1024 * 1024),
        |c| c.network.rdma_rx_size_bytes.into(),
        |c, v| c.network.rdma_rx_size_bytes = narrow(v),
    )
    .immutable()
    .about("Bytes of one RDMA receive buffer")
    .effect(effect::RDMA),
    Directive::number(
        "rdma-completion-vector",
        Form::Integer,
        (-1, 1024),
        |c| c.network.rdma_completion_vector.into(),
        |c, v| c.network.rdma_completion_vector = narrow(v),
    )
    .immutable()
    .about("Completion vector of RDMA connections; -1 chooses any")
    .effect(effect::RDMA),
];
