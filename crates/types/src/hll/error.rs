//! Why a string is no HyperLogLog.

use std::fmt;

/// Why a string is no HyperLogLog. `Display` is the whole reply, error code included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HllError {
    /// It does not begin or is not as long as one.
    Foreign,
    /// Its registers do not come out even.
    Corrupted,
}

impl fmt::Display for HllError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HllError::Foreign => "WRONGTYPE Key is not a valid HyperLogLog string value.",
            HllError::Corrupted => "INVALIDOBJ Corrupted HLL object detected",
        })
    }
}

impl std::error::Error for HllError {}
