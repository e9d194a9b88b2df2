//! Who we say we are: version texts.

/// The Redis version that clients decide by.
pub const REDIS_VERSION: &str = "7.2.4";

/// What `-v` prints.
pub fn version_line() -> String {
    let bits = usize::BITS;
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "Basalt server v={REDIS_VERSION} basalt={version} sha=00000000:0 malloc=jemalloc bits={bits} build=0"
    )
}
