//! Being a primary or a replica.
//!
//! # Invariants
//!
//! 1. A field bears its directive's name, with the unit at its end.

use crate::config::Choice;
use crate::config::checks::check_no_mptcp;
use crate::config::choices::replace;
use crate::config::directive::{Directive, Form};
use crate::config::effect;
use crate::config::special;
use crate::config::values::{I32_MAX, I64_MAX, narrow};
use crate::config::{DisklessLoad, Primary, PropagationErrors};

/// Being a primary or a replica.
#[derive(Clone, Debug, PartialEq)]
pub struct Replication {
    /// `replicaof`: primary to copy from, as host and port.
    pub replicaof: Option<Primary>,
    /// `primaryauth`: password for the primary.
    pub primaryauth: Vec<u8>,
    /// `primaryuser`: user name for the primary.
    pub primaryuser: Vec<u8>,
    /// `replica-serve-stale-data`: answer reads while the primary is away.
    pub replica_serve_stale_data: bool,
    /// `replica-read-only`: refuse writes of clients on a replica.
    pub replica_read_only: bool,
    /// `replica-ignore-maxmemory`: leave eviction to the primary.
    pub replica_ignore_maxmemory: bool,
    /// `replica-lazy-flush`: free the old data in the background before a full copy.
    pub replica_lazy_flush: bool,
    /// `replica-priority`: rank among replicas in a failover; lower first, 0 never.
    pub replica_priority: u32,
    /// `replica-announce-ip`: address that a replica reports.
    pub replica_announce_ip: String,
    /// `replica-announce-port`: port that a replica reports; 0 reports its own.
    pub replica_announce_port: u16,
    /// `replica-announced`: whether Sentinel reports this replica to clients.
    pub replica_announced: bool,
    /// `replica-ignore-disk-write-errors`: let a replica go on when it cannot write its files.
    pub replica_ignore_disk_write_errors: bool,
    /// `repl-disable-tcp-nodelay`: send to replicas in larger and later packets.
    pub repl_disable_tcp_nodelay: bool,
    /// `repl-mptcp`: multipath TCP towards the primary.
    pub repl_mptcp: bool,
    /// `repl-diskless-sync`: send full copies without a file.
    pub repl_diskless_sync: bool,
    /// `repl-diskless-sync-delay`: seconds to wait for more replicas before a full copy.
    pub repl_diskless_sync_delay_s: u32,
    /// `repl-diskless-sync-max-replicas`: replicas that end that wait early; 0 sets none.
    pub repl_diskless_sync_max_replicas: u32,
    /// `repl-diskless-load`: how a replica loads a full copy.
    pub repl_diskless_load: DisklessLoad,
    /// `rdb-del-sync-files`: delete the files of full copies when nothing else keeps data.
    pub rdb_del_sync_files: bool,
    /// `dual-channel-replication-enabled`: send a full copy on a connection of its own.
    pub dual_channel_replication_enabled: bool,
    /// `repl-backlog-size`: bytes of the stream kept for replicas that come back.
    pub repl_backlog_size_bytes: u64,
    /// `repl-backlog-ttl`: seconds without replicas after which the backlog is freed; 0 never.
    pub repl_backlog_ttl_s: u64,
    /// `repl-timeout`: seconds of silence after which a replication link is closed.
    pub repl_timeout_s: u32,
    /// `repl-ping-replica-period`: seconds between two PINGs to the replicas.
    pub repl_ping_replica_period_s: u32,
    /// `min-replicas-to-write`: replicas without which writes are refused.
    pub min_replicas_to_write: u32,
    /// `min-replicas-max-lag`: seconds of lag up to which a replica counts for that.
    pub min_replicas_max_lag_s: u32,
    /// `propagation-error-behavior`: what a replica does when a command of its primary fails.
    pub propagation_error_behavior: PropagationErrors,
}

impl Default for Replication {
    fn default() -> Self {
        Replication {
            replicaof: None,
            primaryauth: Vec::new(),
            primaryuser: Vec::new(),
            replica_serve_stale_data: true,
            replica_read_only: true,
            replica_ignore_maxmemory: true,
            replica_lazy_flush: true,
            replica_priority: 100,
            replica_announce_ip: String::new(),
            replica_announce_port: 0,
            replica_announced: true,
            replica_ignore_disk_write_errors: false,
            repl_disable_tcp_nodelay: false,
            repl_mptcp: false,
            repl_diskless_sync: true,
            repl_diskless_sync_delay_s: 5,
            repl_diskless_sync_max_replicas: 0,
            repl_diskless_load: DisklessLoad::Disabled,
            rdb_del_sync_files: false,
            dual_channel_replication_enabled: false,
            repl_backlog_size_bytes: 10 * 1024 * 1024,
            repl_backlog_ttl_s: 3600,
            repl_timeout_s: 60,
            repl_ping_replica_period_s: 10,
            min_replicas_to_write: 0,
            min_replicas_max_lag_s: 10,
            propagation_error_behavior: PropagationErrors::Ignore,
        }
    }
}

/// The directives of this topic.
pub(in crate::config) static DIRECTIVES: &[Directive] = &[
    Directive::special("replicaof", special::REPLICAOF)
        .alias("slaveof")
        .immutable()
        .about("Primary to copy from, as host and port")
        .effect(effect::REPL),
    Directive::bytes(
        "primaryauth",
        |c| &c.replication.primaryauth,
        |c, v| c.replication.primaryauth = v,
    )
    .alias("masterauth")
    .sensitive()
    .about("Password for the primary")
    .effect(effect::REPL),
    Directive::bytes(
        "primaryuser",
        |c| &c.replication.primaryuser,
        |c, v| c.replication.primaryuser = v,
    )
    .alias("masteruser")
    .sensitive()
    .about("User name for the primary")
    .effect(effect::REPL),
    Directive::bool(
        "replica-serve-stale-data",
        |c| c.replication.replica_serve_stale_data,
        |c, v| c.replication.replica_serve_stale_data = v,
    )
    .alias("slave-serve-stale-data")
    .about("Answer reads while the primary is away")
    .effect(effect::REPL),
    Directive::bool(
        "replica-read-only",
        |c| c.replication.replica_read_only,
        |c, v| c.replication.replica_read_only = v,
    )
    .alias("slave-read-only")
    .about("Refuse writes of clients on a replica")
    .effect(effect::REPL),
    Directive::bool(
        "replica-ignore-maxmemory",
        |c| c.replication.replica_ignore_maxmemory,
        |c, v| c.replication.replica_ignore_maxmemory = v,
    )
    .alias("slave-ignore-maxmemory")
    .about("Leave eviction to the primary")
    .effect(effect::REPL),
    Directive::bool(
        "replica-lazy-flush",
        |c| c.replication.replica_lazy_flush,
        |c, v| c.replication.replica_lazy_flush = v,
    )
    .alias("slave-lazy-flush")
    .about("Free the old data in the background before a full copy")
    .effect(effect::REPL),
    Directive::number(
        "replica-priority",
        Form::Integer,
        (0, I32_MAX),
        |c| c.replication.replica_priority.into(),
        |c, v| c.replication.replica_priority = narrow(v),
    )
    .alias("slave-priority")
    .about("Rank among replicas in a failover; lower first, 0 never")
    .effect(effect::REPL),
    Directive::optional_text(
        "replica-announce-ip",
        |c| &c.replication.replica_announce_ip,
        |c, v| c.replication.replica_announce_ip = v,
    )
    .alias("slave-announce-ip")
    .about("Address that a replica reports")
    .effect(effect::REPL),
    Directive::number(
        "replica-announce-port",
        Form::Integer,
        (0, 65_535),
        |c| c.replication.replica_announce_port.into(),
        |c, v| c.replication.replica_announce_port = narrow(v),
    )
    .alias("slave-announce-port")
    .about("Port that a replica reports; 0 reports its own")
    .effect(effect::REPL),
    Directive::bool(
        "replica-announced",
        |c| c.replication.replica_announced,
        |c, v| c.replication.replica_announced = v,
    )
    .about("Whether Sentinel reports this replica to clients")
    .effect(effect::REPL),
    Directive::bool(
        "replica-ignore-disk-write-errors",
        |c| c.replication.replica_ignore_disk_write_errors,
        |c, v| c.replication.replica_ignore_disk_write_errors = v,
    )
    .about("Let a replica go on when it cannot write its files")
    .effect(effect::REPL),
    Directive::bool(
        "repl-disable-tcp-nodelay",
        |c| c.replication.repl_disable_tcp_nodelay,
        |c, v| c.replication.repl_disable_tcp_nodelay = v,
    )
    .about("Send to replicas in larger and later packets")
    .effect(effect::REPL),
    Directive::bool(
        "repl-mptcp",
        |c| c.replication.repl_mptcp,
        |c, v| c.replication.repl_mptcp = v,
    )
    .immutable()
    .about("Multipath TCP towards the primary")
    .effect(effect::MPTCP)
    .check(check_no_mptcp),
    Directive::bool(
        "repl-diskless-sync",
        |c| c.replication.repl_diskless_sync,
        |c, v| c.replication.repl_diskless_sync = v,
    )
    .about("Send full copies without a file")
    .effect(effect::REPL),
    Directive::number(
        "repl-diskless-sync-delay",
        Form::Integer,
        (0, I32_MAX),
        |c| c.replication.repl_diskless_sync_delay_s.into(),
        |c, v| c.replication.repl_diskless_sync_delay_s = narrow(v),
    )
    .about("Seconds to wait for more replicas before a full copy")
    .effect(effect::REPL),
    Directive::number(
        "repl-diskless-sync-max-replicas",
        Form::Integer,
        (0, I32_MAX),
        |c| c.replication.repl_diskless_sync_max_replicas.into(),
        |c, v| c.replication.repl_diskless_sync_max_replicas = narrow(v),
    )
    .about("Replicas that end that wait early; 0 sets none")
    .effect(effect::REPL),
    Directive::choice::<DisklessLoad>(
        "repl-diskless-load",
        |c| c.replication.repl_diskless_load.name(),
        |c, name| replace(&mut c.replication.repl_diskless_load, name),
    )
    .denied_while_loading()
    .about("How a replica loads a full copy")
    .effect(effect::REPL),
    Directive::bool(
        "rdb-del-sync-files",
        |c| c.replication.rdb_del_sync_files,
        |c, v| c.replication.rdb_del_sync_files = v,
    )
    .about("Delete the files of full copies when nothing else keeps data")
    .effect(effect::REPL),
    Directive::bool(
        "dual-channel-replication-enabled",
        |c| c.replication.dual_channel_replication_enabled,
        |c, v| c.replication.dual_channel_replication_enabled = v,
    )
    .about("Send a full copy on a connection of its own")
    .effect(effect::REPL),
    Directive::number(
        "repl-backlog-size",
        Form::Memory,
        (1, I64_MAX),
        |c| c.replication.repl_backlog_size_bytes.into(),
        // compat: a smaller backlog is raised to 16 KiB.
        |c, v| c.replication.repl_backlog_size_bytes = narrow(v.max(16 << 10)),
    )
    .about("Bytes of the stream kept for replicas that come back")
    .effect(effect::REPL),
    Directive::number(
        "repl-backlog-ttl",
        Form::Integer,
        (0, I64_MAX),
        |c| c.replication.repl_backlog_ttl_s.into(),
        |c, v| c.replication.repl_backlog_ttl_s = narrow(v),
    )
    .about("Seconds without replicas after which the backlog is freed; 0 never")
    .effect(effect::REPL),
    Directive::number(
        "repl-timeout",
        Form::Integer,
        (1, I32_MAX),
        |c| c.replication.repl_timeout_s.into(),
        |c, v| c.replication.repl_timeout_s = narrow(v),
    )
    .about("Seconds of silence after which a replication link is closed")
    .effect(effect::REPL),
    Directive::number(
        "repl-ping-replica-period",
        Form::Integer,
        (1, I32_MAX),
        |c| c.replication.repl_ping_replica_period_s.into(),
        |c, v| c.replication.repl_ping_replica_period_s = narrow(v),
    )
    .alias("repl-ping-slave-period")
    .about("Seconds between two PINGs to the replicas")
    .effect(effect::REPL),
    Directive::number(
        "min-replicas-to-write",
        Form::Integer,
        (0, I32_MAX),
        |c| c.replication.min_replicas_to_write.into(),
        |c, v| c.replication.min_replicas_to_write = narrow(v),
    )
    .alias("min-slaves-to-write")
    .about("Replicas without which writes are refused")
    .effect(effect::REPL),
    Directive::number(
        "min-replicas-max-lag",
        Form::Integer,
        (0, I32_MAX),
        |c| c.replication.min_replicas_max_lag_s.into(),
        |c, v| c.replication.min_replicas_max_lag_s = narrow(v),
    )
    .alias("min-slaves-max-lag")
    .about("Seconds of lag up to which a replica counts for that")
    .effect(effect::REPL),
    Directive::choice::<PropagationErrors>(
        "propagation-error-behavior",
        |c| c.replication.propagation_error_behavior.name(),
        |c, name| replace(&mut c.replication.propagation_error_behavior, name),
    )
    .about("What a replica does when a command of its primary fails")
    .effect(effect::REPL),
];
