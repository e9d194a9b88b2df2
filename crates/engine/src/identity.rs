//! Who the server says it is.
//!
//! compat: clients decide by the version of Redis what they may use, so that is what is reported
//! everywhere; `server_name` and `basalt_version` tell the truth to who wants to know it.

use crate::config::Config;

/// The Redis version that clients decide by.
pub const REDIS_VERSION: &str = "7.2.4";

/// Our own version.
pub const BASALT_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The name and version of `HELLO`.
///
/// compat: some clients look for `redis` here and refuse another name, so that is the default of
/// `extended-redis-compatibility`.
pub fn introduced_as(config: &Config) -> (&'static str, &'static str) {
    match config.general.extended_redis_compatibility {
        true => ("redis", REDIS_VERSION),
        false => ("basalt", BASALT_VERSION),
    }
}

/// `standalone` or `cluster`.
pub fn mode(config: &Config) -> &'static str {
    if config.cluster.cluster_enabled { "cluster" } else { "standalone" }
}
