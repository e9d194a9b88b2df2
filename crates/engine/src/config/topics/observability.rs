//! The log, the command log and latency figures.
//!
//! # Invariants
//!
//! 1. A field bears its directive's name, with the unit at its end.

use crate::config::Choice;
use crate::config::choices::replace;
use crate::config::directive::{Directive, Form};
use crate::config::effect;
use crate::config::special;
use crate::config::values::{I64_MAX, narrow};
use crate::config::{LogFormat, LogLevel, LogTimestamp, SyslogFacility};

/// The log, the command log and latency figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Observability {
    /// `loglevel`: least severity that is logged.
    pub loglevel: LogLevel,
    /// `logfile`: file that receives the log; empty logs to the standard output.
    pub logfile: String,
    /// `log-format`: layout of a log line.
    pub log_format: LogFormat,
    /// `log-timestamp-format`: layout of the time in a log line.
    pub log_timestamp_format: LogTimestamp,
    /// `syslog-enabled`: log to the system logger as well.
    pub syslog_enabled: bool,
    /// `syslog-ident`: name in the system log.
    pub syslog_ident: String,
    /// `syslog-facility`: facility in the system log.
    pub syslog_facility: SyslogFacility,
    /// `hide-user-data-from-log`: keep keys and values out of the log.
    pub hide_user_data_from_log: bool,
    /// `commandlog-execution-slower-than`: microseconds above which a command is logged as slow; -1
    /// logs none.
    pub commandlog_execution_slower_than_us: i64,
    /// `commandlog-slow-execution-max-len`: slow commands kept.
    pub commandlog_slow_execution_max_len: u64,
    /// `commandlog-request-larger-than`: bytes above which a request is logged; -1 logs none.
    pub commandlog_request_larger_than_bytes: i64,
    /// `commandlog-large-request-max-len`: large requests kept.
    pub commandlog_large_request_max_len: u64,
    /// `commandlog-reply-larger-than`: bytes above which a reply is logged; -1 logs none.
    pub commandlog_reply_larger_than_bytes: i64,
    /// `commandlog-large-reply-max-len`: large replies kept.
    pub commandlog_large_reply_max_len: u64,
    /// `latency-monitor-threshold`: milliseconds from which an event is recorded by LATENCY; 0
    /// records none.
    pub latency_monitor_threshold_ms: u64,
    /// `latency-tracking`: keep a histogram of latencies for each command.
    pub latency_tracking: bool,
    /// `latency-tracking-info-percentiles`: percentiles that INFO latencystats shows.
    pub latency_tracking_info_percentiles: Vec<f64>,
}

impl Default for Observability {
    fn default() -> Self {
        Observability {
            loglevel: LogLevel::Notice,
            logfile: String::new(),
            log_format: LogFormat::Legacy,
            log_timestamp_format: LogTimestamp::Legacy,
            syslog_enabled: false,
            syslog_ident: "basalt".to_owned(),
            syslog_facility: SyslogFacility::Local0,
            hide_user_data_from_log: true,
            commandlog_execution_slower_than_us: 10_000,
            commandlog_slow_execution_max_len: 128,
            commandlog_request_larger_than_bytes: 1024 * 1024,
            commandlog_large_request_max_len: 128,
            commandlog_reply_larger_than_bytes: 1024 * 1024,
            commandlog_large_reply_max_len: 128,
            latency_monitor_threshold_ms: 0,
            latency_tracking: true,
            latency_tracking_info_percentiles: vec![50.0, 99.0, 99.9],
        }
    }
}

/// The directives of this topic.
pub(in crate::config) static DIRECTIVES: &[Directive] = &[
    Directive::choice::<LogLevel>(
        "loglevel",
        |c| c.observability.loglevel.name(),
        |c, name| replace(&mut c.observability.loglevel, name),
    )
    .about("Least severity that is logged"),
    Directive::text("logfile", |c| &c.observability.logfile, |c, v| c.observability.logfile = v)
        .immutable()
        .about("File that receives the log; empty logs to the standard output"),
    Directive::choice::<LogFormat>(
        "log-format",
        |c| c.observability.log_format.name(),
        |c, name| replace(&mut c.observability.log_format, name),
    )
    .about("Layout of a log line")
    .effect(effect::LOGFORMAT),
    Directive::choice::<LogTimestamp>(
        "log-timestamp-format",
        |c| c.observability.log_timestamp_format.name(),
        |c, name| replace(&mut c.observability.log_timestamp_format, name),
    )
    .about("Layout of the time in a log line")
    .effect(effect::LOGFORMAT),
    Directive::bool(
        "syslog-enabled",
        |c| c.observability.syslog_enabled,
        |c, v| c.observability.syslog_enabled = v,
    )
    .immutable()
    .about("Log to the system logger as well"),
    Directive::text(
        "syslog-ident",
        |c| &c.observability.syslog_ident,
        |c, v| c.observability.syslog_ident = v,
    )
    .immutable()
    .about("Name in the system log"),
    Directive::choice::<SyslogFacility>(
        "syslog-facility",
        |c| c.observability.syslog_facility.name(),
        |c, name| replace(&mut c.observability.syslog_facility, name),
    )
    .immutable()
    .about("Facility in the system log"),
    Directive::bool(
        "hide-user-data-from-log",
        |c| c.observability.hide_user_data_from_log,
        |c, v| c.observability.hide_user_data_from_log = v,
    )
    .about("Keep keys and values out of the log"),
    Directive::number(
        "commandlog-execution-slower-than",
        Form::Integer,
        (-1, I64_MAX),
        |c| c.observability.commandlog_execution_slower_than_us.into(),
        |c, v| c.observability.commandlog_execution_slower_than_us = narrow(v),
    )
    .alias("slowlog-log-slower-than")
    .about("Microseconds above which a command is logged as slow; -1 logs none"),
    Directive::number(
        "commandlog-slow-execution-max-len",
        Form::Integer,
        (0, I64_MAX),
        |c| c.observability.commandlog_slow_execution_max_len.into(),
        |c, v| c.observability.commandlog_slow_execution_max_len = narrow(v),
    )
    .alias("slowlog-max-len")
    .about("Slow commands kept"),
    Directive::number(
        "commandlog-request-larger-than",
        Form::Integer,
        (-1, I64_MAX),
        |c| c.observability.commandlog_request_larger_than_bytes.into(),
        |c, v| c.observability.commandlog_request_larger_than_bytes = narrow(v),
    )
    .about("Bytes above which a request is logged; -1 logs none"),
    Directive::number(
        "commandlog-large-request-max-len",
        Form::Integer,
        (0, I64_MAX),
        |c| c.observability.commandlog_large_request_max_len.into(),
        |c, v| c.observability.commandlog_large_request_max_len = narrow(v),
    )
    .about("Large requests kept"),
    Directive::number(
        "commandlog-reply-larger-than",
        Form::Integer,
        (-1, I64_MAX),
        |c| c.observability.commandlog_reply_larger_than_bytes.into(),
        |c, v| c.observability.commandlog_reply_larger_than_bytes = narrow(v),
    )
    .about("Bytes above which a reply is logged; -1 logs none"),
    Directive::number(
        "commandlog-large-reply-max-len",
        Form::Integer,
        (0, I64_MAX),
        |c| c.observability.commandlog_large_reply_max_len.into(),
        |c, v| c.observability.commandlog_large_reply_max_len = narrow(v),
    )
    .about("Large replies kept"),
    Directive::number(
        "latency-monitor-threshold",
        Form::Integer,
        (0, I64_MAX),
        |c| c.observability.latency_monitor_threshold_ms.into(),
        |c, v| c.observability.latency_monitor_threshold_ms = narrow(v),
    )
    .about("Milliseconds from which an event is recorded by LATENCY; 0 records none"),
    Directive::bool(
        "latency-tracking",
        |c| c.observability.latency_tracking,
        |c, v| c.observability.latency_tracking = v,
    )
    .about("Keep a histogram of latencies for each command"),
    Directive::special(
        "latency-tracking-info-percentiles",
        special::LATENCY_TRACKING_INFO_PERCENTILES,
    )
    .about("Percentiles that INFO latencystats shows"),
];
