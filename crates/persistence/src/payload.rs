//! One value as bytes that travel: what `DUMP` gives and `RESTORE` takes.
//!
//! # Layout
//!
//! ```text
//! type u8 | value, as in an RDB file | u16 RDB version | u64 CRC-64 of all before it
//! ```

use types::Sizes;

use crate::rdb::{
    Checksum, Dialect, Format, Loaded, REDIS_NEWEST, Saved, VALKEY, load_value, value_type,
    version_of, write_value,
};

/// Why bytes are no payload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PayloadError {
    /// The version is not known, or the checksum is not that of the bytes.
    Sealed,
    /// What was sealed is no value.
    Value,
}

/// What of a payload's seal is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Checks {
    /// The version is one that is known.
    pub version: bool,
    /// The checksum is that of the bytes.
    pub checksum: bool,
}

impl Checks {
    /// All of it.
    pub const ALL: Checks = Checks { version: true, checksum: true };
}

/// A value as a payload.
pub fn seal(value: Saved<'_>, format: Format) -> Vec<u8> {
    let mut out = vec![value_type(value, format)];
    write_value(&mut out, value, format);
    out.extend_from_slice(&(version_of(value, format) as u16).to_le_bytes());
    let checksum = checksum(&out);
    out.extend_from_slice(&checksum.to_le_bytes());
    out
}

/// The value of a payload, in the encoding that the sizes choose.
///
/// # Errors
///
/// Bytes that were changed on the way, and values that are not known.
pub fn open(payload: &[u8], checks: Checks, sizes: &Sizes) -> Result<Loaded, PayloadError> {
    let (sealed, crc) = payload.split_last_chunk::<8>().ok_or(PayloadError::Sealed)?;
    let (body, version) = sealed.split_last_chunk::<2>().ok_or(PayloadError::Sealed)?;
    let version = u32::from(u16::from_le_bytes(*version));
    let known = (1..=REDIS_NEWEST).contains(&version) || version == VALKEY;
    let whole = || u64::from_le_bytes(*crc) == checksum(sealed);
    if checks.version && !known || checks.checksum && !whole() {
        return Err(PayloadError::Sealed);
    }
    let (kind, value) = body.split_first().ok_or(PayloadError::Value)?;
    load_value((*kind, Dialect::of(version)), value, sizes).map_err(|_| PayloadError::Value)
}

fn checksum(bytes: &[u8]) -> u64 {
    let mut checksum = Checksum::default();
    checksum.update(bytes);
    checksum.value()
}
