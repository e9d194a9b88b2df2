//! The versions of the format, and what the same type of value means in each of them.
//!
//! Redis and Valkey have gone on from version 11 in different ways: a hash with deadlines of its
//! own is type 22 for Valkey, and 24 or 25 for Redis, which had called it 22 or 23 for a while.

/// How what version 11 cannot express is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// As Valkey 9 does: version 80.
    #[default]
    Valkey,
    /// As Redis 8 does: version 12.
    Redis,
}

impl Format {
    /// The version that a file or payload has which needs more than version 11.
    #[must_use]
    pub fn version(self) -> u32 {
        match self {
            Format::Valkey => VALKEY,
            Format::Redis => REDIS_NEWEST,
        }
    }
}

/// The version that Redis 7.2 and Valkey both read.
pub const VERSION: u32 = 11;
const FIRST_OF_REDIS: u32 = VERSION + 1;
/// The newest version of Redis that is read.
pub(crate) const REDIS_NEWEST: u32 = 12;
/// The version that Valkey has gone on with.
pub(crate) const VALKEY: u32 = 80;

/// Whose types a version has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// Those that both know.
    Common,
    /// Those of Redis.
    Redis,
    /// Those of Valkey.
    Valkey,
}

impl Dialect {
    /// Whose types this version has.
    #[must_use]
    pub fn of(version: u32) -> Dialect {
        match version {
            VALKEY.. => Dialect::Valkey,
            FIRST_OF_REDIS..VALKEY => Dialect::Redis,
            0..FIRST_OF_REDIS => Dialect::Common,
        }
    }
}

/// How a file of this version begins.
pub(super) fn magic(version: u32) -> String {
    match Dialect::of(version) {
        Dialect::Common | Dialect::Redis => format!("REDIS{version:04}"),
        Dialect::Valkey => format!("VALKEY{version:03}"),
    }
}
