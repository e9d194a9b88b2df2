//! The closed sets of values that directives choose from, with the words for them.
//!
//! # Invariants
//!
//! 1. Words are compared without case, and printed as they stand here.
//! 2. The first word of a value is the one that is printed.

use persistence::rdb::Format;

/// A closed set with a word for each value.
pub trait Choice: Copy + PartialEq + 'static {
    /// The words and what they mean, in the order in which error messages list them.
    const WORDS: &'static [(&'static str, Self)];

    /// All words.
    #[must_use]
    fn names() -> Vec<&'static str> {
        Self::WORDS.iter().map(|(word, _)| *word).collect()
    }

    /// The word for this value.
    #[must_use]
    fn name(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, value)| *value == self);
        found.map(|(word, _)| *word).expect("every value of a closed set has a word")
    }

    /// The value that a word stands for.
    #[must_use]
    fn from_name(name: &str) -> Option<Self> {
        let found = Self::WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(name));
        found.map(|(_, value)| *value)
    }
}

/// Replaces a value by the one that a word stands for; false if there is none.
pub(super) fn replace<T: Choice>(value: &mut T, name: &str) -> bool {
    let found = T::from_name(name);
    if let Some(found) = found {
        *value = found;
    }
    found.is_some()
}

/// Init systems that can be told that the server is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supervised {
    /// Upstart.
    Upstart,
    /// systemd.
    Systemd,
    /// Whichever the environment shows.
    Auto,
    /// None.
    No,
}

impl Choice for Supervised {
    const WORDS: &'static [(&'static str, Supervised)] = &[
        ("upstart", Supervised::Upstart),
        ("systemd", Supervised::Systemd),
        ("auto", Supervised::Auto),
        ("no", Supervised::No),
    ];
}

/// Hints to the kernel's out-of-memory killer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OomScoreAdj {
    /// None.
    No,
    /// Relative to the score at startup.
    Relative,
    /// Absolute scores.
    Absolute,
}

impl Choice for OomScoreAdj {
    const WORDS: &'static [(&'static str, OomScoreAdj)] = &[
        ("no", OomScoreAdj::No),
        ("yes", OomScoreAdj::Relative),
        ("relative", OomScoreAdj::Relative),
        ("absolute", OomScoreAdj::Absolute),
    ];
}

/// What is evicted at the memory limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxmemoryPolicy {
    /// Least recently used of the keys with an expiry.
    VolatileLru,
    /// Least frequently used of the keys with an expiry.
    VolatileLfu,
    /// Any of the keys with an expiry.
    VolatileRandom,
    /// The key that expires first.
    VolatileTtl,
    /// Least recently used key.
    AllkeysLru,
    /// Least frequently used key.
    AllkeysLfu,
    /// Any key.
    AllkeysRandom,
    /// Nothing; writes are refused.
    NoEviction,
}

impl MaxmemoryPolicy {
    /// Whether entries count how often they are used, instead of when they were.
    #[must_use]
    pub fn is_lfu(self) -> bool {
        matches!(self, MaxmemoryPolicy::VolatileLfu | MaxmemoryPolicy::AllkeysLfu)
    }
}

impl Choice for MaxmemoryPolicy {
    const WORDS: &'static [(&'static str, MaxmemoryPolicy)] = &[
        ("volatile-lru", MaxmemoryPolicy::VolatileLru),
        ("volatile-lfu", MaxmemoryPolicy::VolatileLfu),
        ("volatile-random", MaxmemoryPolicy::VolatileRandom),
        ("volatile-ttl", MaxmemoryPolicy::VolatileTtl),
        ("allkeys-lru", MaxmemoryPolicy::AllkeysLru),
        ("allkeys-lfu", MaxmemoryPolicy::AllkeysLfu),
        ("allkeys-random", MaxmemoryPolicy::AllkeysRandom),
        ("noeviction", MaxmemoryPolicy::NoEviction),
    ];
}

/// Which server can read a snapshot that version 11 cannot express.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RdbFormat {
    /// Valkey 9 (version 80).
    Valkey,
    /// Redis 8 (version 12).
    Redis,
    /// Servers before 7.0 (version 10).
    Version10,
}

impl From<RdbFormat> for Format {
    fn from(format: RdbFormat) -> Format {
        match format {
            RdbFormat::Redis => Format::Redis,
            // Older versions cannot express it, and a deadline is never dropped.
            RdbFormat::Valkey | RdbFormat::Version10 => Format::Valkey,
        }
    }
}

impl Choice for RdbFormat {
    const WORDS: &'static [(&'static str, RdbFormat)] =
        &[("valkey", RdbFormat::Valkey), ("redis", RdbFormat::Redis), ("10", RdbFormat::Version10)];
}

/// Whether a snapshot of a newer version is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RdbVersionCheck {
    /// It is refused.
    Strict,
    /// It is read as far as it is understood.
    Relaxed,
}

impl Choice for RdbVersionCheck {
    const WORDS: &'static [(&'static str, RdbVersionCheck)] =
        &[("strict", RdbVersionCheck::Strict), ("relaxed", RdbVersionCheck::Relaxed)];
}

/// When the append-only file is forced to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendFsync {
    /// Once a second.
    EverySecond,
    /// Before the reply.
    Always,
    /// When the kernel likes.
    No,
}

impl Choice for AppendFsync {
    const WORDS: &'static [(&'static str, AppendFsync)] = &[
        ("everysec", AppendFsync::EverySecond),
        ("always", AppendFsync::Always),
        ("no", AppendFsync::No),
    ];
}

/// How a replica loads a full copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisklessLoad {
    /// From a file.
    Disabled,
    /// From the socket if it holds no data.
    OnEmptyDb,
    /// From the socket, beside the old data.
    SwapDb,
    /// From the socket, after dropping the old data.
    FlushBeforeLoad,
}

impl Choice for DisklessLoad {
    const WORDS: &'static [(&'static str, DisklessLoad)] = &[
        ("disabled", DisklessLoad::Disabled),
        ("on-empty-db", DisklessLoad::OnEmptyDb),
        ("swapdb", DisklessLoad::SwapDb),
        ("flush-before-load", DisklessLoad::FlushBeforeLoad),
    ];
}

/// What a replica does when a command of its primary fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropagationErrors {
    /// Goes on.
    Ignore,
    /// Stops.
    Panic,
    /// Stops if it is a replica.
    PanicOnReplicas,
}

impl Choice for PropagationErrors {
    const WORDS: &'static [(&'static str, PropagationErrors)] = &[
        ("ignore", PropagationErrors::Ignore),
        ("panic", PropagationErrors::Panic),
        ("panic-on-replicas", PropagationErrors::PanicOnReplicas),
    ];
}

/// Severities of the log, least severe first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For developers.
    Debug,
    /// Rarely useful detail.
    Verbose,
    /// What an operator wants to know.
    Notice,
    /// What an operator must know.
    Warning,
    /// No log at all.
    Nothing,
}

impl Choice for LogLevel {
    const WORDS: &'static [(&'static str, LogLevel)] = &[
        ("debug", LogLevel::Debug),
        ("verbose", LogLevel::Verbose),
        ("notice", LogLevel::Notice),
        ("warning", LogLevel::Warning),
        ("nothing", LogLevel::Nothing),
    ];
}

/// Layouts of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// As Redis writes it.
    Legacy,
    /// Pairs of key and value.
    Logfmt,
    /// JSON.
    Json,
}

impl Choice for LogFormat {
    const WORDS: &'static [(&'static str, LogFormat)] =
        &[("legacy", LogFormat::Legacy), ("logfmt", LogFormat::Logfmt), ("json", LogFormat::Json)];
}

/// Layouts of the time in a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogTimestamp {
    /// As Redis writes it.
    Legacy,
    /// ISO 8601.
    Iso8601,
    /// Milliseconds since 1970.
    Milliseconds,
}

impl Choice for LogTimestamp {
    const WORDS: &'static [(&'static str, LogTimestamp)] = &[
        ("legacy", LogTimestamp::Legacy),
        ("iso8601", LogTimestamp::Iso8601),
        ("milliseconds", LogTimestamp::Milliseconds),
    ];
}

/// Facilities of the system log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyslogFacility {
    /// LOG_USER.
    User,
    /// LOG_LOCAL0.
    Local0,
    /// LOG_LOCAL1.
    Local1,
    /// LOG_LOCAL2.
    Local2,
    /// LOG_LOCAL3.
    Local3,
    /// LOG_LOCAL4.
    Local4,
    /// LOG_LOCAL5.
    Local5,
    /// LOG_LOCAL6.
    Local6,
    /// LOG_LOCAL7.
    Local7,
}

impl Choice for SyslogFacility {
    const WORDS: &'static [(&'static str, SyslogFacility)] = &[
        ("user", SyslogFacility::User),
        ("local0", SyslogFacility::Local0),
        ("local1", SyslogFacility::Local1),
        ("local2", SyslogFacility::Local2),
        ("local3", SyslogFacility::Local3),
        ("local4", SyslogFacility::Local4),
        ("local5", SyslogFacility::Local5),
        ("local6", SyslogFacility::Local6),
        ("local7", SyslogFacility::Local7),
    ];
}

/// Channels that a new user may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AclPubsubDefault {
    /// All.
    AllChannels,
    /// None.
    ResetChannels,
}

impl Choice for AclPubsubDefault {
    const WORDS: &'static [(&'static str, AclPubsubDefault)] = &[
        ("allchannels", AclPubsubDefault::AllChannels),
        ("resetchannels", AclPubsubDefault::ResetChannels),
    ];
}

/// Who may do something that is off by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Nobody.
    No,
    /// Everybody.
    Yes,
    /// Clients on the same machine.
    Local,
}

impl Choice for Permission {
    const WORDS: &'static [(&'static str, Permission)] =
        &[("no", Permission::No), ("yes", Permission::Yes), ("local", Permission::Local)];
}

/// What happens when the cluster's file cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterConfigSave {
    /// The server stops.
    Sync,
    /// The server goes on.
    BestEffort,
}

impl Choice for ClusterConfigSave {
    const WORDS: &'static [(&'static str, ClusterConfigSave)] =
        &[("sync", ClusterConfigSave::Sync), ("best-effort", ClusterConfigSave::BestEffort)];
}

/// What clients are told to connect to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterEndpoint {
    /// The address.
    Ip,
    /// The announced host name.
    Hostname,
    /// Nothing: the address they used.
    Unknown,
}

impl Choice for ClusterEndpoint {
    const WORDS: &'static [(&'static str, ClusterEndpoint)] = &[
        ("ip", ClusterEndpoint::Ip),
        ("hostname", ClusterEndpoint::Hostname),
        ("unknown-endpoint", ClusterEndpoint::Unknown),
    ];
}

/// Whether clients must show a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsAuthClients {
    /// They need not.
    No,
    /// They must.
    Yes,
    /// It is checked if they do.
    Optional,
}

impl Choice for TlsAuthClients {
    const WORDS: &'static [(&'static str, TlsAuthClients)] = &[
        ("no", TlsAuthClients::No),
        ("yes", TlsAuthClients::Yes),
        ("optional", TlsAuthClients::Optional),
    ];
}

/// Which field of a client's certificate names its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsAuthUser {
    /// The common name.
    CommonName,
    /// The URI among the alternative names.
    Uri,
    /// None.
    Off,
}

impl Choice for TlsAuthUser {
    const WORDS: &'static [(&'static str, TlsAuthUser)] =
        &[("CN", TlsAuthUser::CommonName), ("URI", TlsAuthUser::Uri), ("off", TlsAuthUser::Off)];
}
