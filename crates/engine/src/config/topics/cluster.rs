//! Cluster mode.
//!
//! # Invariants
//!
//! 1. A field bears its directive's name, with the unit at its end.

use crate::config::Choice;
use crate::config::checks::{
    check_announced_ip, check_cluster_config_file, check_hostname, check_ipv4, check_ipv6,
    check_nodename,
};
use crate::config::choices::replace;
use crate::config::directive::{Directive, Form};
use crate::config::effect;
use crate::config::values::{I32_MAX, I64_MAX, U64_MAX, narrow};
use crate::config::{ClusterConfigSave, ClusterEndpoint};

/// Cluster mode.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// `cluster-enabled`: run as a node of a cluster.
    pub cluster_enabled: bool,
    /// `cluster-config-file`: file that holds the state of the cluster.
    pub cluster_config_file: String,
    /// `cluster-config-save-behavior`: what happens when that file cannot be written.
    pub cluster_config_save_behavior: ClusterConfigSave,
    /// `cluster-databases`: number of databases in cluster mode.
    pub cluster_databases: u32,
    /// `cluster-node-timeout`: milliseconds after which a silent node is held to have failed.
    pub cluster_node_timeout_ms: u64,
    /// `cluster-ping-interval`: milliseconds between pings to a node; 0 derives it.
    pub cluster_ping_interval_ms: u64,
    /// `cluster-port`: port of the cluster bus; 0 adds 10000 to `port`.
    pub cluster_port: u16,
    /// `cluster-announce-ip`: address reported to the cluster.
    pub cluster_announce_ip: String,
    /// `cluster-announce-client-ipv4`: IPv4 address reported to clients.
    pub cluster_announce_client_ipv4: String,
    /// `cluster-announce-client-ipv6`: IPv6 address reported to clients.
    pub cluster_announce_client_ipv6: String,
    /// `cluster-announce-hostname`: host name reported to the cluster.
    pub cluster_announce_hostname: String,
    /// `cluster-announce-human-nodename`: name of the node in logs.
    pub cluster_announce_human_nodename: String,
    /// `cluster-announce-port`: port reported to the cluster; 0 reports `port`.
    pub cluster_announce_port: u16,
    /// `cluster-announce-tls-port`: TLS port reported to the cluster; 0 reports `tls-port`.
    pub cluster_announce_tls_port: u16,
    /// `cluster-announce-bus-port`: bus port reported to the cluster; 0 reports the real one.
    pub cluster_announce_bus_port: u16,
    /// `cluster-announce-client-port`: port reported to clients; 0 reports the cluster's.
    pub cluster_announce_client_port: u16,
    /// `cluster-announce-client-tls-port`: TLS port reported to clients; 0 reports the cluster's.
    pub cluster_announce_client_tls_port: u16,
    /// `cluster-preferred-endpoint-type`: what clients are told to connect to.
    pub cluster_preferred_endpoint_type: ClusterEndpoint,
    /// `cluster-require-full-coverage`: refuse commands while a slot has no node.
    pub cluster_require_full_coverage: bool,
    /// `cluster-allow-reads-when-down`: answer reads while the cluster is down.
    pub cluster_allow_reads_when_down: bool,
    /// `cluster-allow-pubsubshard-when-down`: serve sharded channels while the cluster is down.
    pub cluster_allow_pubsubshard_when_down: bool,
    /// `cluster-replica-no-failover`: keep this replica from becoming a primary by itself.
    pub cluster_replica_no_failover: bool,
    /// `cluster-replica-validity-factor`: how old a replica's data may be to take over; 0 any.
    pub cluster_replica_validity_factor: u32,
    /// `cluster-allow-replica-migration`: let a replica move to a primary that has none.
    pub cluster_allow_replica_migration: bool,
    /// `cluster-migration-barrier`: replicas that a primary keeps when one moves.
    pub cluster_migration_barrier: u32,
    /// `cluster-manual-failover-timeout`: milliseconds that a manual failover may take.
    pub cluster_manual_failover_timeout_ms: u32,
    /// `cluster-blacklist-ttl`: seconds for which a forgotten node stays out.
    pub cluster_blacklist_ttl_s: u64,
    /// `cluster-message-gossip-perc`: share of nodes described in a message, in percent.
    pub cluster_message_gossip_percent: u32,
    /// `cluster-link-sendbuf-limit`: bytes of unsent messages after which a link is closed; 0 sets
    /// no limit.
    pub cluster_link_sendbuf_limit_bytes: u64,
    /// `cluster-slot-stats-enabled`: count work by slot.
    pub cluster_slot_stats_enabled: bool,
    /// `cluster-slot-migration-log-max-len`: finished slot migrations kept.
    pub cluster_slot_migration_log_max_len: u64,
    /// `slot-migration-max-failover-repl-bytes`: bytes still to send at which a slot moves over; -1
    /// sets no limit.
    pub slot_migration_max_failover_repl_bytes: i64,
}

impl Default for Cluster {
    fn default() -> Self {
        Cluster {
            cluster_enabled: false,
            cluster_config_file: "nodes.conf".to_owned(),
            cluster_config_save_behavior: ClusterConfigSave::Sync,
            cluster_databases: 1,
            cluster_node_timeout_ms: 15_000,
            cluster_ping_interval_ms: 0,
            cluster_port: 0,
            cluster_announce_ip: String::new(),
            cluster_announce_client_ipv4: String::new(),
            cluster_announce_client_ipv6: String::new(),
            cluster_announce_hostname: String::new(),
            cluster_announce_human_nodename: String::new(),
            cluster_announce_port: 0,
            cluster_announce_tls_port: 0,
            cluster_announce_bus_port: 0,
            cluster_announce_client_port: 0,
            cluster_announce_client_tls_port: 0,
            cluster_preferred_endpoint_type: ClusterEndpoint::Ip,
            cluster_require_full_coverage: true,
            cluster_allow_reads_when_down: false,
            cluster_allow_pubsubshard_when_down: true,
            cluster_replica_no_failover: false,
            cluster_replica_validity_factor: 10,
            cluster_allow_replica_migration: true,
            cluster_migration_barrier: 1,
            cluster_manual_failover_timeout_ms: 5000,
            cluster_blacklist_ttl_s: 60,
            cluster_message_gossip_percent: 10,
            cluster_link_sendbuf_limit_bytes: 0,
            cluster_slot_stats_enabled: false,
            cluster_slot_migration_log_max_len: 1000,
            slot_migration_max_failover_repl_bytes: 0,
        }
    }
}

/// The directives of this topic.
pub(in crate::config) static DIRECTIVES: &[Directive] = &[
    Directive::bool(
        "cluster-enabled",
        |c| c.cluster.cluster_enabled,
        |c, v| c.cluster.cluster_enabled = v,
    )
    .immutable()
    .about("Run as a node of a cluster")
    .effect(effect::CLUSTER),
    Directive::text(
        "cluster-config-file",
        |c| &c.cluster.cluster_config_file,
        |c, v| c.cluster.cluster_config_file = v,
    )
    .immutable()
    .about("File that holds the state of the cluster")
    .effect(effect::CLUSTER)
    .check(check_cluster_config_file),
    Directive::choice::<ClusterConfigSave>(
        "cluster-config-save-behavior",
        |c| c.cluster.cluster_config_save_behavior.name(),
        |c, name| replace(&mut c.cluster.cluster_config_save_behavior, name),
    )
    .about("What happens when that file cannot be written")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-databases",
        Form::Integer,
        (1, I32_MAX),
        |c| c.cluster.cluster_databases.into(),
        |c, v| c.cluster.cluster_databases = narrow(v),
    )
    .immutable()
    .about("Number of databases in cluster mode")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-node-timeout",
        Form::Integer,
        (0, I64_MAX),
        |c| c.cluster.cluster_node_timeout_ms.into(),
        |c, v| c.cluster.cluster_node_timeout_ms = narrow(v),
    )
    .about("Milliseconds after which a silent node is held to have failed")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-ping-interval",
        Form::Integer,
        (0, I64_MAX),
        |c| c.cluster.cluster_ping_interval_ms.into(),
        |c, v| c.cluster.cluster_ping_interval_ms = narrow(v),
    )
    .hidden()
    .about("Milliseconds between pings to a node; 0 derives it")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-port",
        Form::Integer,
        (0, 65_535),
        |c| c.cluster.cluster_port.into(),
        |c, v| c.cluster.cluster_port = narrow(v),
    )
    .immutable()
    .about("Port of the cluster bus; 0 adds 10000 to `port`")
    .effect(effect::CLUSTER),
    Directive::optional_text(
        "cluster-announce-ip",
        |c| &c.cluster.cluster_announce_ip,
        |c, v| c.cluster.cluster_announce_ip = v,
    )
    .about("Address reported to the cluster")
    .effect(effect::CLUSTER)
    .check(check_announced_ip),
    Directive::optional_text(
        "cluster-announce-client-ipv4",
        |c| &c.cluster.cluster_announce_client_ipv4,
        |c, v| c.cluster.cluster_announce_client_ipv4 = v,
    )
    .about("IPv4 address reported to clients")
    .effect(effect::CLUSTER)
    .check(check_ipv4),
    Directive::optional_text(
        "cluster-announce-client-ipv6",
        |c| &c.cluster.cluster_announce_client_ipv6,
        |c, v| c.cluster.cluster_announce_client_ipv6 = v,
    )
    .about("IPv6 address reported to clients")
    .effect(effect::CLUSTER)
    .check(check_ipv6),
    Directive::optional_text(
        "cluster-announce-hostname",
        |c| &c.cluster.cluster_announce_hostname,
        |c, v| c.cluster.cluster_announce_hostname = v,
    )
    .about("Host name reported to the cluster")
    .effect(effect::CLUSTER)
    .check(check_hostname),
    Directive::optional_text(
        "cluster-announce-human-nodename",
        |c| &c.cluster.cluster_announce_human_nodename,
        |c, v| c.cluster.cluster_announce_human_nodename = v,
    )
    .about("Name of the node in logs")
    .effect(effect::CLUSTER)
    .check(check_nodename),
    Directive::number(
        "cluster-announce-port",
        Form::Integer,
        (0, 65_535),
        |c| c.cluster.cluster_announce_port.into(),
        |c, v| c.cluster.cluster_announce_port = narrow(v),
    )
    .about("Port reported to the cluster; 0 reports `port`")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-announce-tls-port",
        Form::Integer,
        (0, 65_535),
        |c| c.cluster.cluster_announce_tls_port.into(),
        |c, v| c.cluster.cluster_announce_tls_port = narrow(v),
    )
    .about("TLS port reported to the cluster; 0 reports `tls-port`")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-announce-bus-port",
        Form::Integer,
        (0, 65_535),
        |c| c.cluster.cluster_announce_bus_port.into(),
        |c, v| c.cluster.cluster_announce_bus_port = narrow(v),
    )
    .about("Bus port reported to the cluster; 0 reports the real one")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-announce-client-port",
        Form::Integer,
        (0, 65_535),
        |c| c.cluster.cluster_announce_client_port.into(),
        |c, v| c.cluster.cluster_announce_client_port = narrow(v),
    )
    .about("Port reported to clients; 0 reports the cluster's")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-announce-client-tls-port",
        Form::Integer,
        (0, 65_535),
        |c| c.cluster.cluster_announce_client_tls_port.into(),
        |c, v| c.cluster.cluster_announce_client_tls_port = narrow(v),
    )
    .about("TLS port reported to clients; 0 reports the cluster's")
    .effect(effect::CLUSTER),
    Directive::choice::<ClusterEndpoint>(
        "cluster-preferred-endpoint-type",
        |c| c.cluster.cluster_preferred_endpoint_type.name(),
        |c, name| replace(&mut c.cluster.cluster_preferred_endpoint_type, name),
    )
    .about("What clients are told to connect to")
    .effect(effect::CLUSTER),
    Directive::bool(
        "cluster-require-full-coverage",
        |c| c.cluster.cluster_require_full_coverage,
        |c, v| c.cluster.cluster_require_full_coverage = v,
    )
    .about("Refuse commands while a slot has no node")
    .effect(effect::CLUSTER),
    Directive::bool(
        "cluster-allow-reads-when-down",
        |c| c.cluster.cluster_allow_reads_when_down,
        |c, v| c.cluster.cluster_allow_reads_when_down = v,
    )
    .about("Answer reads while the cluster is down")
    .effect(effect::CLUSTER),
    Directive::bool(
        "cluster-allow-pubsubshard-when-down",
        |c| c.cluster.cluster_allow_pubsubshard_when_down,
        |c, v| c.cluster.cluster_allow_pubsubshard_when_down = v,
    )
    .about("Serve sharded channels while the cluster is down")
    .effect(effect::CLUSTER),
    Directive::bool(
        "cluster-replica-no-failover",
        |c| c.cluster.cluster_replica_no_failover,
        |c, v| c.cluster.cluster_replica_no_failover = v,
    )
    .alias("cluster-slave-no-failover")
    .about("Keep this replica from becoming a primary by itself")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-replica-validity-factor",
        Form::Integer,
        (0, I32_MAX),
        |c| c.cluster.cluster_replica_validity_factor.into(),
        |c, v| c.cluster.cluster_replica_validity_factor = narrow(v),
    )
    .alias("cluster-slave-validity-factor")
    .about("How old a replica's data may be to take over; 0 any")
    .effect(effect::CLUSTER),
    Directive::bool(
        "cluster-allow-replica-migration",
        |c| c.cluster.cluster_allow_replica_migration,
        |c, v| c.cluster.cluster_allow_replica_migration = v,
    )
    .about("Let a replica move to a primary that has none")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-migration-barrier",
        Form::Integer,
        (0, I32_MAX),
        |c| c.cluster.cluster_migration_barrier.into(),
        |c, v| c.cluster.cluster_migration_barrier = narrow(v),
    )
    .about("Replicas that a primary keeps when one moves")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-manual-failover-timeout",
        Form::Integer,
        (1, I32_MAX),
        |c| c.cluster.cluster_manual_failover_timeout_ms.into(),
        |c, v| c.cluster.cluster_manual_failover_timeout_ms = narrow(v),
    )
    .about("Milliseconds that a manual failover may take")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-blacklist-ttl",
        Form::Integer,
        (0, U64_MAX),
        |c| c.cluster.cluster_blacklist_ttl_s.into(),
        |c, v| c.cluster.cluster_blacklist_ttl_s = narrow(v),
    )
    .about("Seconds for which a forgotten node stays out")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-message-gossip-perc",
        Form::Integer,
        (1, 100),
        |c| c.cluster.cluster_message_gossip_percent.into(),
        |c, v| c.cluster.cluster_message_gossip_percent = narrow(v),
    )
    .hidden()
    .about("Share of nodes described in a message, in percent")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-link-sendbuf-limit",
        Form::Memory,
        (0, U64_MAX),
        |c| c.cluster.cluster_link_sendbuf_limit_bytes.into(),
        |c, v| c.cluster.cluster_link_sendbuf_limit_bytes = narrow(v),
    )
    .about("Bytes of unsent messages after which a link is closed; 0 sets no limit")
    .effect(effect::CLUSTER),
    Directive::bool(
        "cluster-slot-stats-enabled",
        |c| c.cluster.cluster_slot_stats_enabled,
        |c, v| c.cluster.cluster_slot_stats_enabled = v,
    )
    .about("Count work by slot")
    .effect(effect::CLUSTER),
    Directive::number(
        "cluster-slot-migration-log-max-len",
        Form::Integer,
        (0, I64_MAX),
        |c| c.cluster.cluster_slot_migration_log_max_len.into(),
        |c, v| c.cluster.cluster_slot_migration_log_max_len = narrow(v),
    )
    .about("Finished slot migrations kept")
    .effect(effect::CLUSTER),
    Directive::number(
        "slot-migration-max-failover-repl-bytes",
        Form::SignedMemory,
        (-1, I64_MAX),
        |c| c.cluster.slot_migration_max_failover_repl_bytes.into(),
        |c, v| c.cluster.slot_migration_max_failover_repl_bytes = narrow(v),
    )
    .about("Bytes still to send at which a slot moves over; -1 sets no limit")
    .effect(effect::CLUSTER),
];
