//! Offsets of bits.

use resp::number::parse_i64;

use crate::config::Config;
use crate::error::CommandError;

/// The offset of a bit that a string may have.
///
/// # Errors
///
/// An error of its own.
pub fn bit_offset(arg: &[u8], config: &Config) -> Result<u64, CommandError> {
    let limit = config.clients.proto_max_bulk_len_bytes;
    let offset = parse_i64(arg).and_then(|offset| u64::try_from(offset).ok());
    let offset = offset.filter(|offset| offset / 8 < limit);
    offset.ok_or_else(|| CommandError::err("bit offset is not an integer or out of range"))
}
