//! The first bytes of a HyperLogLog.
//!
//! # Layout
//!
//! ```text
//! +------+----------+--------+----------------------------------+---------- - -
//! | HYLL | encoding | 3 free | cardinality u64, its highest bit | registers
//! |      | 0 or 1   |        | set where it is out of date      |
//! +------+----------+--------+----------------------------------+---------- - -
//! ```

use structures::sixes::PACKED_BYTES;

use super::HllError;

/// Bytes in front of the registers.
pub const HEADER_BYTES: usize = 16;

/// A header.
pub type Header = [u8; HEADER_BYTES];

const MAGIC: &[u8] = b"HYLL";
const ENCODING_AT: usize = 4;
const CARDINALITY_AT: usize = 8;
const STALE: u64 = 1 << 63;

/// How the registers are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// Six bits each.
    Dense,
    /// As stretches.
    Sparse,
}

impl Encoding {
    /// As `PFDEBUG ENCODING` replies.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Dense => "dense",
            Encoding::Sparse => "sparse",
        }
    }
}

/// The encoding, where these bytes begin as a HyperLogLog does.
pub(super) fn check(bytes: &[u8]) -> Result<Encoding, HllError> {
    if bytes.len() < HEADER_BYTES || !bytes.starts_with(MAGIC) {
        return Err(HllError::Foreign);
    }
    match bytes[ENCODING_AT] {
        0 if bytes.len() == HEADER_BYTES + PACKED_BYTES => Ok(Encoding::Dense),
        1 => Ok(Encoding::Sparse),
        _ => Err(HllError::Foreign),
    }
}

/// The header of a new value, without a cardinality.
#[must_use]
pub fn fresh() -> Header {
    let mut header = [0; HEADER_BYTES];
    header[..MAGIC.len()].copy_from_slice(MAGIC);
    set_stale(&mut header);
    header
}

/// The same header in front of registers that are written so.
pub(super) fn encoded(mut header: Header, encoding: Encoding) -> Header {
    header[ENCODING_AT] = match encoding {
        Encoding::Dense => 0,
        Encoding::Sparse => 1,
    };
    header
}

/// The cardinality that was found before, if no register has changed since.
pub(super) fn cached(bytes: &[u8]) -> Option<u64> {
    let field = bytes[CARDINALITY_AT..].first_chunk().expect("a header was found there");
    let cardinality = u64::from_le_bytes(*field);
    (cardinality & STALE == 0).then_some(cardinality)
}

/// Keeps the cardinality for the next one who asks.
pub fn set_cached(bytes: &mut [u8], cardinality: u64) {
    let cardinality = cardinality & !STALE;
    bytes[CARDINALITY_AT..HEADER_BYTES].copy_from_slice(&cardinality.to_le_bytes());
}

/// Forgets the cardinality.
pub(super) fn set_stale(bytes: &mut [u8]) {
    bytes[HEADER_BYTES - 1] |= 0x80;
}
