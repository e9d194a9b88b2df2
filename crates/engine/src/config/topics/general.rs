//! How the process runs: its databases, threads, title, signals and crash reports.
//!
//! # Invariants
//!
//! 1. A field bears its directive's name, with the unit at its end.

use crate::config::Choice;
use crate::config::checks::{check_hash_seed, check_shutdown, check_title_template};
use crate::config::choices::replace;
use crate::config::directive::{Directive, Form};
use crate::config::effect;
use crate::config::special;
use crate::config::values::{I32_MAX, narrow};
use crate::config::{OomScoreAdj, ShutdownOptions, Supervised};

/// How the process runs: its databases, threads, title, signals and crash reports.
#[derive(Clone, Debug, PartialEq)]
pub struct General {
    /// `databases`: number of databases that SELECT reaches.
    pub databases: u32,
    /// `workers`: worker threads that serve clients; 0 starts one per core.
    pub workers: u32,
    /// `io-threads`: accepted from old files; every worker does its own reading and writing.
    pub io_threads: u32,
    /// `io-threads-always-active`: keep I/O threads awake even without work.
    pub io_threads_always_active: bool,
    /// `prefetch-batch-max-size`: commands whose keys are prefetched together.
    pub prefetch_batch_max_size: u32,
    /// `min-io-threads-avoid-copy-reply`: i/O threads from which replies refer to values instead of
    /// copying them.
    pub min_io_threads_avoid_copy_reply: i32,
    /// `min-string-size-avoid-copy-reply`: bytes from which a reply refers to the value instead of
    /// copying it.
    pub min_string_size_avoid_copy_reply_bytes: i32,
    /// `min-string-size-avoid-copy-reply-threaded`: the same bound while I/O threads run.
    pub min_string_size_avoid_copy_reply_threaded_bytes: i32,
    /// `daemonize`: detach from the terminal and run in the background.
    pub daemonize: bool,
    /// `pidfile`: file that receives the process id.
    pub pidfile: String,
    /// `supervised`: which init system is told that the server is ready.
    pub supervised: Supervised,
    /// `always-show-logo`: print the banner at startup even when the log is not a terminal.
    pub always_show_logo: bool,
    /// `set-proc-title`: show the state of the server in the process title.
    pub set_proc_title: bool,
    /// `proc-title-template`: what the process title shows.
    pub proc_title_template: String,
    /// `locale-collate`: locale by which SORT ALPHA compares; empty reads the environment.
    pub locale_collate: String,
    /// `disable-thp`: turn transparent huge pages off for this process.
    pub disable_thp: bool,
    /// `oom-score-adj`: whether the kernel's out-of-memory killer is given hints.
    pub oom_score_adj: OomScoreAdj,
    /// `oom-score-adj-values`: hints for a primary, a replica and a background child.
    pub oom_score_adj_values: [i32; 3],
    /// `server-cpulist`: cores on which the workers run.
    pub server_cpulist: String,
    /// `bio-cpulist`: cores on which background threads run.
    pub bio_cpulist: String,
    /// `aof-rewrite-cpulist`: cores on which an AOF rewrite runs.
    pub aof_rewrite_cpulist: String,
    /// `bgsave-cpulist`: cores on which a background save runs.
    pub bgsave_cpulist: String,
    /// `ignore-warnings`: startup warnings that shall not stop the server.
    pub ignore_warnings: String,
    /// `hz`: how often a second background work runs; kept within 1 and 500.
    pub hz: i32,
    /// `activerehashing`: use idle time to finish growing tables.
    pub activerehashing: bool,
    /// `jemalloc-bg-thread`: let the allocator return memory in a thread of its own.
    pub jemalloc_bg_thread: bool,
    /// `shutdown-on-sigint`: options of the shutdown that SIGINT starts.
    pub shutdown_on_sigint: ShutdownOptions,
    /// `shutdown-on-sigterm`: options of the shutdown that SIGTERM starts.
    pub shutdown_on_sigterm: ShutdownOptions,
    /// `shutdown-timeout`: seconds that a shutdown waits for replicas to catch up.
    pub shutdown_timeout_s: i32,
    /// `crash-log-enabled`: write a report to the log when the server crashes.
    pub crash_log_enabled: bool,
    /// `crash-memcheck-enabled`: test the memory when the server crashes.
    pub crash_memcheck_enabled: bool,
    /// `use-exit-on-panic`: exit instead of aborting on a broken invariant.
    pub use_exit_on_panic: bool,
    /// `enable-debug-assert`: check expensive invariants while running.
    pub enable_debug_assert: bool,
    /// `watchdog-period`: log where the server is when it does not respond for so many
    /// milliseconds.
    pub watchdog_period_ms: i32,
    /// `debug-context`: text that a crash report repeats.
    pub debug_context: String,
    /// `extended-redis-compatibility`: name Redis where the protocol otherwise names this server.
    pub extended_redis_compatibility: bool,
    /// `hash-seed`: fixes the seed of the key hash; for tests only.
    pub hash_seed: Vec<u8>,
    /// `availability-zone`: zone that HELLO and INFO report.
    pub availability_zone: String,
    /// `import-mode`: keep expired keys while data is imported.
    pub import_mode: bool,
}

impl Default for General {
    fn default() -> Self {
        General {
            databases: 16,
            workers: 0,
            io_threads: 1,
            io_threads_always_active: false,
            prefetch_batch_max_size: 16,
            min_io_threads_avoid_copy_reply: 7,
            min_string_size_avoid_copy_reply_bytes: 16_384,
            min_string_size_avoid_copy_reply_threaded_bytes: 65_536,
            daemonize: false,
            pidfile: String::new(),
            supervised: Supervised::No,
            always_show_logo: false,
            set_proc_title: true,
            proc_title_template: "{title} {listen-addr} {server-mode}".to_owned(),
            locale_collate: String::new(),
            disable_thp: true,
            oom_score_adj: OomScoreAdj::No,
            oom_score_adj_values: [0, 200, 800],
            server_cpulist: String::new(),
            bio_cpulist: String::new(),
            aof_rewrite_cpulist: String::new(),
            bgsave_cpulist: String::new(),
            ignore_warnings: String::new(),
            hz: 10,
            activerehashing: true,
            jemalloc_bg_thread: true,
            shutdown_on_sigint: ShutdownOptions::default(),
            shutdown_on_sigterm: ShutdownOptions::default(),
            shutdown_timeout_s: 10,
            crash_log_enabled: true,
            crash_memcheck_enabled: true,
            use_exit_on_panic: false,
            enable_debug_assert: false,
            watchdog_period_ms: 0,
            debug_context: String::new(),
            extended_redis_compatibility: true,
            hash_seed: Vec::new(),
            availability_zone: String::new(),
            import_mode: false,
        }
    }
}

/// The directives of this topic.
pub(in crate::config) static DIRECTIVES: &[Directive] = &[
    Directive::number(
        "databases",
        Form::Integer,
        (1, I32_MAX),
        |c| c.general.databases.into(),
        |c, v| c.general.databases = narrow(v),
    )
    .immutable()
    .about("Number of databases that SELECT reaches"),
    Directive::number(
        "workers",
        Form::Integer,
        (0, 1024),
        |c| c.general.workers.into(),
        |c, v| c.general.workers = narrow(v),
    )
    .immutable()
    // Tools set back whatever `CONFIG GET *` shows, and know only others' immutable directives.
    .hidden()
    .about("Worker threads that serve clients; 0 starts one per core"),
    Directive::number(
        "io-threads",
        Form::Integer,
        (1, 256),
        |c| c.general.io_threads.into(),
        |c, v| c.general.io_threads = narrow(v),
    )
    .about("Accepted from old files; every worker does its own reading and writing")
    .effect(effect::THREADS),
    Directive::bool(
        "io-threads-always-active",
        |c| c.general.io_threads_always_active,
        |c, v| c.general.io_threads_always_active = v,
    )
    .hidden()
    .about("Keep I/O threads awake even without work")
    .effect(effect::THREADS),
    Directive::number(
        "prefetch-batch-max-size",
        Form::Integer,
        (0, 128),
        |c| c.general.prefetch_batch_max_size.into(),
        |c, v| c.general.prefetch_batch_max_size = narrow(v),
    )
    .about("Commands whose keys are prefetched together")
    .effect(effect::PREFETCH),
    Directive::number(
        "min-io-threads-avoid-copy-reply",
        Form::Integer,
        (0, I32_MAX),
        |c| c.general.min_io_threads_avoid_copy_reply.into(),
        |c, v| c.general.min_io_threads_avoid_copy_reply = narrow(v),
    )
    .hidden()
    .about("I/O threads from which replies refer to values instead of copying them")
    .effect(effect::THREADS),
    Directive::number(
        "min-string-size-avoid-copy-reply",
        Form::Integer,
        (0, I32_MAX),
        |c| c.general.min_string_size_avoid_copy_reply_bytes.into(),
        |c, v| c.general.min_string_size_avoid_copy_reply_bytes = narrow(v),
    )
    .hidden()
    .about("Bytes from which a reply refers to the value instead of copying it, 16384 at least"),
    Directive::number(
        "min-string-size-avoid-copy-reply-threaded",
        Form::Integer,
        (0, I32_MAX),
        |c| c.general.min_string_size_avoid_copy_reply_threaded_bytes.into(),
        |c, v| c.general.min_string_size_avoid_copy_reply_threaded_bytes = narrow(v),
    )
    .hidden()
    .about("The same bound while I/O threads run")
    .effect(effect::THREADS),
    Directive::bool("daemonize", |c| c.general.daemonize, |c, v| c.general.daemonize = v)
        .immutable()
        .about("Detach from the terminal and run in the background"),
    Directive::optional_text("pidfile", |c| &c.general.pidfile, |c, v| c.general.pidfile = v)
        .immutable()
        .about("File that receives the process id"),
    Directive::choice::<Supervised>(
        "supervised",
        |c| c.general.supervised.name(),
        |c, name| replace(&mut c.general.supervised, name),
    )
    .immutable()
    .about("Which init system is told that the server is ready"),
    Directive::bool(
        "always-show-logo",
        |c| c.general.always_show_logo,
        |c, v| c.general.always_show_logo = v,
    )
    .immutable()
    .about("Print the banner at startup even when the log is not a terminal")
    .effect(effect::LOGO),
    Directive::bool(
        "set-proc-title",
        |c| c.general.set_proc_title,
        |c, v| c.general.set_proc_title = v,
    )
    .immutable()
    .about("Name the process as `proc-title-template` says"),
    Directive::text(
        "proc-title-template",
        |c| &c.general.proc_title_template,
        |c, v| c.general.proc_title_template = v,
    )
    .about("The name of the process, 15 bytes of it, where this is not the default")
    .check(check_title_template),
    Directive::text(
        "locale-collate",
        |c| &c.general.locale_collate,
        |c, v| c.general.locale_collate = v,
    )
    .about("Locale by which SORT ALPHA compares; empty reads the environment")
    .effect(effect::LOCALE),
    Directive::bool("disable-thp", |c| c.general.disable_thp, |c, v| c.general.disable_thp = v)
        .immutable()
        .about("Turn transparent huge pages off for this process")
        .effect(effect::THP),
    Directive::choice::<OomScoreAdj>(
        "oom-score-adj",
        |c| c.general.oom_score_adj.name(),
        |c, name| replace(&mut c.general.oom_score_adj, name),
    )
    .about("Whether the kernel's out-of-memory killer is given hints")
    .effect(effect::OOM),
    Directive::special("oom-score-adj-values", special::OOM_SCORE_ADJ_VALUES)
        .about("Hints for a primary, a replica and a background child")
        .effect(effect::OOM),
    Directive::optional_text(
        "server-cpulist",
        |c| &c.general.server_cpulist,
        |c, v| c.general.server_cpulist = v,
    )
    .alias("server_cpulist")
    .immutable()
    .about("Cores on which the workers run")
    .effect(effect::CPULIST),
    Directive::optional_text(
        "bio-cpulist",
        |c| &c.general.bio_cpulist,
        |c, v| c.general.bio_cpulist = v,
    )
    .alias("bio_cpulist")
    .immutable()
    .about("Cores on which background threads run")
    .effect(effect::CPULIST),
    Directive::optional_text(
        "aof-rewrite-cpulist",
        |c| &c.general.aof_rewrite_cpulist,
        |c, v| c.general.aof_rewrite_cpulist = v,
    )
    .alias("aof_rewrite_cpulist")
    .immutable()
    .about("Cores on which an AOF rewrite runs")
    .effect(effect::CPULIST),
    Directive::optional_text(
        "bgsave-cpulist",
        |c| &c.general.bgsave_cpulist,
        |c, v| c.general.bgsave_cpulist = v,
    )
    .alias("bgsave_cpulist")
    .immutable()
    .about("Cores on which a background save runs")
    .effect(effect::CPULIST),
    Directive::text(
        "ignore-warnings",
        |c| &c.general.ignore_warnings,
        |c, v| c.general.ignore_warnings = v,
    )
    .about("Startup warnings that shall not stop the server")
    .effect(effect::WARNINGS),
    Directive::number(
        "hz",
        Form::Integer,
        (0, I32_MAX),
        |c| c.general.hz.into(),
        |c, v| c.general.hz = narrow(v.clamp(1, 500)),
    )
    .about("How often a second background work runs; kept within 1 and 500")
    .effect(effect::HZ),
    Directive::bool(
        "activerehashing",
        |c| c.general.activerehashing,
        |c, v| c.general.activerehashing = v,
    )
    .about("Use idle time to finish growing tables")
    .effect(effect::REHASH),
    Directive::bool(
        "jemalloc-bg-thread",
        |c| c.general.jemalloc_bg_thread,
        |c, v| c.general.jemalloc_bg_thread = v,
    )
    .about("Let the allocator return memory in a thread of its own")
    .effect(effect::JEMALLOC),
    Directive::special("shutdown-on-sigint", special::SHUTDOWN_ON_SIGINT)
        .about("Options of the shutdown that SIGINT starts")
        .check(check_shutdown),
    Directive::special("shutdown-on-sigterm", special::SHUTDOWN_ON_SIGTERM)
        .about("Options of the shutdown that SIGTERM starts")
        .check(check_shutdown),
    Directive::number(
        "shutdown-timeout",
        Form::Integer,
        (0, I32_MAX),
        |c| c.general.shutdown_timeout_s.into(),
        |c, v| c.general.shutdown_timeout_s = narrow(v),
    )
    .about("Seconds that a shutdown waits for replicas to catch up")
    .effect(effect::REPL),
    Directive::bool(
        "crash-log-enabled",
        |c| c.general.crash_log_enabled,
        |c, v| c.general.crash_log_enabled = v,
    )
    .about("Write a report to the log when the server crashes"),
    Directive::bool(
        "crash-memcheck-enabled",
        |c| c.general.crash_memcheck_enabled,
        |c, v| c.general.crash_memcheck_enabled = v,
    )
    .about("Test the memory when the server crashes")
    .effect(effect::CRASH),
    Directive::bool(
        "use-exit-on-panic",
        |c| c.general.use_exit_on_panic,
        |c, v| c.general.use_exit_on_panic = v,
    )
    .hidden()
    .about("Exit instead of aborting on a broken invariant"),
    Directive::bool(
        "enable-debug-assert",
        |c| c.general.enable_debug_assert,
        |c, v| c.general.enable_debug_assert = v,
    )
    .immutable()
    .hidden()
    .about("Check expensive invariants while running")
    .effect(effect::DEBUG),
    Directive::number(
        "watchdog-period",
        Form::Integer,
        (0, I32_MAX),
        |c| c.general.watchdog_period_ms.into(),
        |c, v| c.general.watchdog_period_ms = narrow(v),
    )
    .hidden()
    .about("Log where the server is when it does not respond for so many milliseconds")
    .effect(effect::WATCHDOG),
    Directive::text(
        "debug-context",
        |c| &c.general.debug_context,
        |c, v| c.general.debug_context = v,
    )
    .hidden()
    .about("Text that a crash report repeats"),
    Directive::bool(
        "extended-redis-compatibility",
        |c| c.general.extended_redis_compatibility,
        |c, v| c.general.extended_redis_compatibility = v,
    )
    .about("Name Redis where the protocol otherwise names this server"),
    Directive::bytes("hash-seed", |c| &c.general.hash_seed, |c, v| c.general.hash_seed = v)
        .immutable()
        .about("Fixes the seed of the key hash; for tests only")
        .check(check_hash_seed),
    Directive::text(
        "availability-zone",
        |c| &c.general.availability_zone,
        |c, v| c.general.availability_zone = v,
    )
    .about("Zone that HELLO and INFO report"),
    Directive::bool("import-mode", |c| c.general.import_mode, |c, v| c.general.import_mode = v)
        .about("Keep expired keys while data is imported")
        .effect(effect::IMPORT),
];
