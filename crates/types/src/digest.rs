//! The digest of a string that DIGEST prints and IFDEQ and IFDNE compare with.
//!
//! It is XXH3 in 64 bits, seed 0, as 16 hexadecimal digits (Redis 8.4). It detects a change; it is
//! no protection against somebody who looks for a collision.
//!
//! # Invariants
//!
//! 1. A digest always prints with 16 digits, in lower case.

use xxhash_rust::xxh3::xxh3_64;

/// How many hexadecimal digits a digest has.
pub const DIGITS: usize = 16;

/// The digest of a value, in hexadecimal.
#[must_use]
pub fn digest(value: &[u8]) -> [u8; DIGITS] {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let hash = xxh3_64(value);
    std::array::from_fn(|index| {
        let nibble = (hash >> (60 - 4 * index)) & 0xf;
        HEX[usize::try_from(nibble).expect("four bits")]
    })
}

/// Whether a digest given by a client, in either case, is that of a value.
#[must_use]
pub fn equals_digest_of(given: &[u8], value: &[u8]) -> bool {
    given.eq_ignore_ascii_case(&digest(value))
}

/// Whether a text has the form of a digest.
#[must_use]
pub fn is_digest(text: &[u8]) -> bool {
    text.len() == DIGITS && text.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_published_hash() {
        // The reference vector of XXH3 for the empty input.
        assert_eq!(&digest(b""), b"2d06800538d394c2");
        assert_eq!(&digest(b"Hello world"), b"b6acb9d84a38ff74");
    }

    #[test]
    fn digests_compare_without_case_and_only_as_a_whole() {
        let value = b"Hello world";
        assert!(equals_digest_of(b"B6ACB9D84A38FF74", value));
        assert!(!equals_digest_of(b"b6acb9d84a38ff7", value));
        assert!(!equals_digest_of(b"b6acb9d84a38ff75", value));
        assert!(is_digest(b"B6acb9d84a38ff74") && !is_digest(b"x6acb9d84a38ff74"));
    }

    #[test]
    fn leading_zeros_are_printed() {
        let value = (0u32..).map(u32::to_le_bytes).find(|value| digest(value)[0] == b'0').unwrap();
        assert_eq!(digest(&value).len(), DIGITS);
        let text = String::from_utf8(digest(&value).to_vec()).unwrap();
        assert_eq!(format!("{:016x}", xxh3_64(&value)), text);
    }
}
