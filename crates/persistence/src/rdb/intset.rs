//! Reading intsets: sets of integers, sorted, each as wide as the widest needs.
//!
//! # Layout
//!
//! ```text
//! u32 width (2, 4, 8) | u32 count | count integers, ascending       (all little-endian)
//! ```

use super::bytes::{Bytes, RdbError};

/// The integers of an intset.
pub(super) fn integers(packed: &[u8]) -> Result<Vec<i64>, RdbError> {
    let mut bytes = Bytes::new(packed);
    let width = u32::from_le_bytes(bytes.array()?);
    let count = u32::from_le_bytes(bytes.array()?);
    let mut integers: Vec<i64> = Vec::new();
    for _ in 0..count {
        let integer = match width {
            2 => i64::from(i16::from_le_bytes(bytes.array()?)),
            4 => i64::from(i32::from_le_bytes(bytes.array()?)),
            8 => i64::from_le_bytes(bytes.array()?),
            _ => return Err(bytes.error("no such width of integers")),
        };
        if integers.last().is_some_and(|last| *last >= integer) {
            return Err(bytes.error("integers out of order"));
        }
        integers.push(integer);
    }
    if bytes.is_empty() { Ok(integers) } else { Err(bytes.error("bytes behind an intset")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_of_each_width_are_read() {
        assert_eq!(integers(b"\x02\0\0\0\x02\0\0\0\xFF\xFF\x01\x00"), Ok(vec![-1, 1]));
        assert_eq!(integers(b"\x04\0\0\0\x01\0\0\0\0\0\x01\0"), Ok(vec![65_536]));
        assert_eq!(integers(b"\x08\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0"), Ok(vec![1 << 32]));
    }

    #[test]
    fn disorder_and_another_length_are_errors() {
        for packed in [
            &b"\x02\0\0\0\x02\0\0\0\x01\0\x01\0"[..],
            b"\x02\0\0\0\x02\0\0\0\x01\0",
            b"\x02\0\0\0\x01\0\0\0\x01\0\0",
            b"\x03\0\0\0\x01\0\0\0\x01\0\0",
        ] {
            assert!(integers(packed).is_err(), "{packed:?}");
        }
    }
}
