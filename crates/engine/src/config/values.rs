//! All values together, and what the topics share.
//!
//! The values are grouped by topic, in one struct each, because two hundred fields in one struct
//! would be a file that every change touches.
//!
//! # Invariants
//!
//! 1. `Config::default()` is what a server without file and options runs with.
//! 2. Every field's type holds every value within its directive's bounds.

use super::directive::Directive;
use super::topics;

pub(super) const I32_MIN: i128 = i32::MIN as i128;
pub(super) const I32_MAX: i128 = i32::MAX as i128;
pub(super) const U32_MAX: i128 = u32::MAX as i128;
pub(super) const I64_MAX: i128 = i64::MAX as i128;
pub(super) const U64_MAX: i128 = u64::MAX as i128;

/// The value of every directive.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Where the server listens and how it treats its sockets.
    pub network: topics::network::Network,
    /// How the process runs: its databases, threads, title, signals and crash reports.
    pub general: topics::general::General,
    /// The memory limit, eviction, expiry and freeing.
    pub memory: topics::memory::Memory,
    /// Snapshots, the append-only file and where both lie.
    pub persistence: topics::persistence::Persistence,
    /// Being a primary or a replica.
    pub replication: topics::replication::Replication,
    /// Up to which size a value keeps its compact encoding.
    pub encodings: topics::encodings::Encodings,
    /// How many clients, and how much memory each may hold.
    pub clients: topics::clients::Clients,
    /// The log, the command log and latency figures.
    pub observability: topics::observability::Observability,
    /// Passwords, ACLs and what is off by default.
    pub security: topics::security::Security,
    /// Cluster mode.
    pub cluster: topics::cluster::Cluster,
    /// Encrypted connections.
    pub tls: topics::tls::Tls,
}

/// Every topic with its directives, in the order in which CONFIG REWRITE appends them.
pub(super) static TOPICS: [(&str, &[Directive]); 11] = [
    ("network", topics::network::DIRECTIVES),
    ("general", topics::general::DIRECTIVES),
    ("memory", topics::memory::DIRECTIVES),
    ("persistence", topics::persistence::DIRECTIVES),
    ("replication", topics::replication::DIRECTIVES),
    ("encodings", topics::encodings::DIRECTIVES),
    ("clients", topics::clients::DIRECTIVES),
    ("observability", topics::observability::DIRECTIVES),
    ("security", topics::security::DIRECTIVES),
    ("cluster", topics::cluster::DIRECTIVES),
    ("tls", topics::tls::DIRECTIVES),
];

/// Brings a number that passed its bounds into the type of its field.
pub(super) fn narrow<T: TryFrom<i128>>(value: i128) -> T {
    T::try_from(value).ok().expect("the directive's bounds lie within its field's type")
}
