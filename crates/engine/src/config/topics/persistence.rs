//! Snapshots, the append-only file and where both lie.
//!
//! # Invariants
//!
//! 1. A field bears its directive's name, with the unit at its end.

use crate::config::Choice;
use crate::config::checks::{check_appenddirname, check_appendfilename, check_dbfilename};
use crate::config::choices::replace;
use crate::config::directive::{Directive, Form};
use crate::config::effect;
use crate::config::special;
use crate::config::values::{I32_MAX, I32_MIN, I64_MAX, narrow};
use crate::config::{AppendFsync, RdbFormat, RdbVersionCheck, SavePoint};

/// Snapshots, the append-only file and where both lie.
#[derive(Clone, Debug, PartialEq)]
pub struct Persistence {
    /// `dir`: folder of the data files; the server makes it absolute at startup.
    pub dir: String,
    /// `save`: seconds and changes after which a snapshot is written.
    pub save: Vec<SavePoint>,
    /// `dbfilename`: name of the snapshot file.
    pub dbfilename: String,
    /// `rdbcompression`: compress long strings in snapshots.
    pub rdbcompression: bool,
    /// `rdbchecksum`: end snapshots with a checksum and test it when loading.
    pub rdbchecksum: bool,
    /// `rdb-format`: which server can read a snapshot that plain version 11 cannot express.
    pub rdb_format: RdbFormat,
    /// `rdb-version-check`: whether a snapshot of a newer version is refused.
    pub rdb_version_check: RdbVersionCheck,
    /// `rdb-save-incremental-fsync`: write snapshots to disk in steps rather than at the end.
    pub rdb_save_incremental_fsync: bool,
    /// `stop-writes-on-bgsave-error`: refuse writes after a background save failed.
    pub stop_writes_on_bgsave_error: bool,
    /// `rdb-key-save-delay`: microseconds to wait after each key saved; for tests.
    pub rdb_key_save_delay_us: i32,
    /// `key-load-delay`: microseconds to wait after each key loaded; for tests.
    pub key_load_delay_us: i32,
    /// `loading-process-events-interval-bytes`: bytes loaded between two looks at the clients.
    pub loading_process_events_interval_bytes: u32,
    /// `appendonly`: keep an append-only file.
    pub appendonly: bool,
    /// `appendfilename`: base name of the append-only files.
    pub appendfilename: String,
    /// `appenddirname`: folder of the append-only files inside `dir`.
    pub appenddirname: String,
    /// `appendfsync`: when the append-only file is forced to disk.
    pub appendfsync: AppendFsync,
    /// `no-appendfsync-on-rewrite`: do not force the append-only file to disk during a rewrite.
    pub no_appendfsync_on_rewrite: bool,
    /// `auto-aof-rewrite-percentage`: growth in percent after which the file is rewritten; 0 never.
    pub auto_aof_rewrite_percentage: u32,
    /// `auto-aof-rewrite-min-size`: size below which the file is not rewritten.
    pub auto_aof_rewrite_min_size_bytes: u64,
    /// `aof-load-truncated`: load an append-only file that ends in the middle of a command.
    pub aof_load_truncated: bool,
    /// `aof-use-rdb-preamble`: write rewritten files as a snapshot.
    pub aof_use_rdb_preamble: bool,
    /// `aof-timestamp-enabled`: note the time in the append-only file.
    pub aof_timestamp_enabled: bool,
    /// `aof-rewrite-incremental-fsync`: write rewritten files to disk in steps.
    pub aof_rewrite_incremental_fsync: bool,
    /// `aof-disable-auto-gc`: keep old append-only files after a rewrite.
    pub aof_disable_auto_gc: bool,
}

impl Default for Persistence {
    fn default() -> Self {
        Persistence {
            dir: ".".to_owned(),
            save: SavePoint::defaults(),
            dbfilename: "dump.rdb".to_owned(),
            rdbcompression: true,
            rdbchecksum: true,
            rdb_format: RdbFormat::Valkey,
            rdb_version_check: RdbVersionCheck::Strict,
            rdb_save_incremental_fsync: true,
            stop_writes_on_bgsave_error: true,
            rdb_key_save_delay_us: 0,
            key_load_delay_us: 0,
            loading_process_events_interval_bytes: 2 * 1024 * 1024,
            appendonly: false,
            appendfilename: "appendonly.aof".to_owned(),
            appenddirname: "appendonlydir".to_owned(),
            appendfsync: AppendFsync::EverySecond,
            no_appendfsync_on_rewrite: false,
            auto_aof_rewrite_percentage: 100,
            auto_aof_rewrite_min_size_bytes: 64 * 1024 * 1024,
            aof_load_truncated: true,
            aof_use_rdb_preamble: true,
            aof_timestamp_enabled: false,
            aof_rewrite_incremental_fsync: true,
            aof_disable_auto_gc: false,
        }
    }
}

/// The directives of this topic.
pub(in crate::config) static DIRECTIVES: &[Directive] = &[
    Directive::special("dir", special::DIR)
        .protected()
        .denied_while_loading()
        .about("Folder of the data files; the server makes it absolute at startup"),
    Directive::special("save", special::SAVE)
        .about("Seconds and changes after which a snapshot is written"),
    Directive::text(
        "dbfilename",
        |c| &c.persistence.dbfilename,
        |c, v| c.persistence.dbfilename = v,
    )
    .protected()
    .about("Name of the snapshot file")
    .check(check_dbfilename),
    Directive::bool(
        "rdbcompression",
        |c| c.persistence.rdbcompression,
        |c, v| c.persistence.rdbcompression = v,
    )
    .about("Compress long strings in snapshots"),
    Directive::bool(
        "rdbchecksum",
        |c| c.persistence.rdbchecksum,
        |c, v| c.persistence.rdbchecksum = v,
    )
    .immutable()
    .about("End snapshots with a checksum and test it when loading"),
    Directive::choice::<RdbFormat>(
        "rdb-format",
        |c| c.persistence.rdb_format.name(),
        |c, name| replace(&mut c.persistence.rdb_format, name),
    )
    .about("Which server can read a snapshot that plain version 11 cannot express"),
    Directive::choice::<RdbVersionCheck>(
        "rdb-version-check",
        |c| c.persistence.rdb_version_check.name(),
        |c, name| replace(&mut c.persistence.rdb_version_check, name),
    )
    .about("Whether a snapshot of a newer version is refused"),
    Directive::bool(
        "rdb-save-incremental-fsync",
        |c| c.persistence.rdb_save_incremental_fsync,
        |c, v| c.persistence.rdb_save_incremental_fsync = v,
    )
    .about("Write snapshots to disk in steps rather than at the end"),
    Directive::bool(
        "stop-writes-on-bgsave-error",
        |c| c.persistence.stop_writes_on_bgsave_error,
        |c, v| c.persistence.stop_writes_on_bgsave_error = v,
    )
    .about("Refuse writes after a background save failed"),
    Directive::number(
        "rdb-key-save-delay",
        Form::Integer,
        (I32_MIN, I32_MAX),
        |c| c.persistence.rdb_key_save_delay_us.into(),
        |c, v| c.persistence.rdb_key_save_delay_us = narrow(v),
    )
    .hidden()
    .about("Microseconds to wait after each key saved; for tests")
    .effect(effect::DELAY),
    Directive::number(
        "key-load-delay",
        Form::Integer,
        (I32_MIN, I32_MAX),
        |c| c.persistence.key_load_delay_us.into(),
        |c, v| c.persistence.key_load_delay_us = narrow(v),
    )
    .hidden()
    .about("Microseconds to wait after each key loaded; for tests")
    .effect(effect::DELAY),
    Directive::number(
        "loading-process-events-interval-bytes",
        Form::Integer,
        (1024, I32_MAX),
        |c| c.persistence.loading_process_events_interval_bytes.into(),
        |c, v| c.persistence.loading_process_events_interval_bytes = narrow(v),
    )
    .hidden()
    .about("Bytes loaded between two looks at the clients")
    .effect(effect::LOADING),
    Directive::bool(
        "appendonly",
        |c| c.persistence.appendonly,
        |c, v| c.persistence.appendonly = v,
    )
    .denied_while_loading()
    .about("Keep an append-only file")
    .effect(effect::AOF),
    Directive::text(
        "appendfilename",
        |c| &c.persistence.appendfilename,
        |c, v| c.persistence.appendfilename = v,
    )
    .immutable()
    .about("Base name of the append-only files")
    .effect(effect::AOF)
    .check(check_appendfilename),
    Directive::text(
        "appenddirname",
        |c| &c.persistence.appenddirname,
        |c, v| c.persistence.appenddirname = v,
    )
    .immutable()
    .about("Folder of the append-only files inside `dir`")
    .effect(effect::AOF)
    .check(check_appenddirname),
    Directive::choice::<AppendFsync>(
        "appendfsync",
        |c| c.persistence.appendfsync.name(),
        |c, name| replace(&mut c.persistence.appendfsync, name),
    )
    .about("When the append-only file is forced to disk")
    .effect(effect::AOF),
    Directive::bool(
        "no-appendfsync-on-rewrite",
        |c| c.persistence.no_appendfsync_on_rewrite,
        |c, v| c.persistence.no_appendfsync_on_rewrite = v,
    )
    .about("Do not force the append-only file to disk during a rewrite")
    .effect(effect::AOF),
    Directive::number(
        "auto-aof-rewrite-percentage",
        Form::Integer,
        (0, I32_MAX),
        |c| c.persistence.auto_aof_rewrite_percentage.into(),
        |c, v| c.persistence.auto_aof_rewrite_percentage = narrow(v),
    )
    .about("Growth in percent after which the file is rewritten; 0 never")
    .effect(effect::AOF),
    Directive::number(
        "auto-aof-rewrite-min-size",
        Form::Memory,
        (0, I64_MAX),
        |c| c.persistence.auto_aof_rewrite_min_size_bytes.into(),
        |c, v| c.persistence.auto_aof_rewrite_min_size_bytes = narrow(v),
    )
    .about("Size below which the file is not rewritten")
    .effect(effect::AOF),
    Directive::bool(
        "aof-load-truncated",
        |c| c.persistence.aof_load_truncated,
        |c, v| c.persistence.aof_load_truncated = v,
    )
    .about("Load an append-only file that ends in the middle of a command")
    .effect(effect::AOF),
    Directive::bool(
        "aof-use-rdb-preamble",
        |c| c.persistence.aof_use_rdb_preamble,
        |c, v| c.persistence.aof_use_rdb_preamble = v,
    )
    .about("Write rewritten files as a snapshot")
    .effect(effect::AOF),
    Directive::bool(
        "aof-timestamp-enabled",
        |c| c.persistence.aof_timestamp_enabled,
        |c, v| c.persistence.aof_timestamp_enabled = v,
    )
    .about("Note the time in the append-only file")
    .effect(effect::AOF),
    Directive::bool(
        "aof-rewrite-incremental-fsync",
        |c| c.persistence.aof_rewrite_incremental_fsync,
        |c, v| c.persistence.aof_rewrite_incremental_fsync = v,
    )
    .about("Write rewritten files to disk in steps")
    .effect(effect::AOF),
    Directive::bool(
        "aof-disable-auto-gc",
        |c| c.persistence.aof_disable_auto_gc,
        |c, v| c.persistence.aof_disable_auto_gc = v,
    )
    .hidden()
    .about("Keep old append-only files after a rewrite")
    .effect(effect::AOF),
];
