//! How many clients, and how much memory each may hold.
//!
//! # Invariants
//!
//! 1. A field bears its directive's name, with the unit at its end.

use crate::config::directive::{Directive, Form};
use crate::config::effect;
use crate::config::special;
use crate::config::values::{I64_MAX, U32_MAX, narrow};
use crate::config::{KeyspaceEvents, MemoryShare, OutputBufferLimits};

/// How many clients, and how much memory each may hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Clients {
    /// `maxclients`: clients served at the same time.
    pub maxclients: u32,
    /// `maxmemory-clients`: memory of all clients together, in bytes or percent of maxmemory; 0
    /// sets no limit.
    pub maxmemory_clients: MemoryShare,
    /// `client-query-buffer-limit`: bytes that one client may send without completing a command.
    pub client_query_buffer_limit_bytes: u64,
    /// `client-output-buffer-limit`: bytes of unread replies after which a client is closed, by
    /// class.
    pub client_output_buffer_limit: OutputBufferLimits,
    /// `proto-max-bulk-len`: bytes of the longest string.
    pub proto_max_bulk_len_bytes: u64,
    /// `tracking-table-max-keys`: keys remembered for client side caching; 0 sets no limit.
    pub tracking_table_max_keys: u64,
    /// `notify-keyspace-events`: classes of keyspace events that are published.
    pub notify_keyspace_events: KeyspaceEvents,
}

impl Default for Clients {
    fn default() -> Self {
        Clients {
            maxclients: 10_000,
            maxmemory_clients: MemoryShare::Bytes(0),
            client_query_buffer_limit_bytes: 1024 * 1024 * 1024,
            client_output_buffer_limit: OutputBufferLimits::default(),
            proto_max_bulk_len_bytes: 512 * 1024 * 1024,
            tracking_table_max_keys: 1_000_000,
            notify_keyspace_events: KeyspaceEvents::default(),
        }
    }
}

/// The directives of this topic.
pub(in crate::config) static DIRECTIVES: &[Directive] = &[
    Directive::number(
        "maxclients",
        Form::Integer,
        (1, U32_MAX),
        |c| c.clients.maxclients.into(),
        |c, v| c.clients.maxclients = narrow(v),
    )
    .about("Clients served at the same time"),
    Directive::number(
        "maxmemory-clients",
        Form::MemoryOrPercent,
        (-100, I64_MAX),
        |c| c.clients.maxmemory_clients.to_number(),
        |c, v| c.clients.maxmemory_clients = MemoryShare::from_number(v),
    )
    .about("Memory of all clients together, in bytes or percent of maxmemory; 0 sets no limit")
    .effect(effect::CLIENTEVICT),
    Directive::number(
        "client-query-buffer-limit",
        Form::Memory,
        (1024 * 1024, I64_MAX),
        |c| c.clients.client_query_buffer_limit_bytes.into(),
        |c, v| c.clients.client_query_buffer_limit_bytes = narrow(v),
    )
    .about("Bytes that one client may send without completing a command"),
    Directive::special("client-output-buffer-limit", special::CLIENT_OUTPUT_BUFFER_LIMIT)
        .about("Bytes of unread replies after which a client is closed, by class"),
    Directive::number(
        "proto-max-bulk-len",
        Form::Memory,
        (1024 * 1024, I64_MAX),
        |c| c.clients.proto_max_bulk_len_bytes.into(),
        |c, v| c.clients.proto_max_bulk_len_bytes = narrow(v),
    )
    .about("Bytes of the longest string"),
    Directive::number(
        "tracking-table-max-keys",
        Form::Integer,
        (0, I64_MAX),
        |c| c.clients.tracking_table_max_keys.into(),
        |c, v| c.clients.tracking_table_max_keys = narrow(v),
    )
    .about("Keys remembered for client side caching; 0 sets no limit")
    .effect(effect::TRACKING),
    Directive::special("notify-keyspace-events", special::NOTIFY_KEYSPACE_EVENTS)
        .about("Classes of keyspace events that are published"),
];
