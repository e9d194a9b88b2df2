//! Single bits of a string, as GETBIT and SETBIT number them: bit 0 is the highest of byte 0.
//!
//! # Invariants
//!
//! 1. Bytes beyond the end read as zero, and are added as zeros.

/// The bit at an offset.
#[must_use]
pub fn get_bit(bytes: &[u8], offset: u64) -> bool {
    let byte = usize::try_from(offset / 8).ok().and_then(|index| bytes.get(index));
    byte.is_some_and(|byte| byte & mask(offset) != 0)
}

/// Sets the bit at an offset and returns what it was. The caller has checked that a string may be
/// so long.
pub fn set_bit(bytes: &mut Vec<u8>, offset: u64, value: bool) -> bool {
    let index = usize::try_from(offset / 8).expect("the caller checked the length");
    if bytes.len() <= index {
        bytes.resize(index + 1, 0);
    }
    set_bit_within(bytes, offset, value)
}

/// Sets the bit at an offset that lies within the bytes, and returns what it was.
pub fn set_bit_within(bytes: &mut [u8], offset: u64, value: bool) -> bool {
    let index = usize::try_from(offset / 8).expect("the caller checked the length");
    let was = bytes[index] & mask(offset) != 0;
    if value {
        bytes[index] |= mask(offset);
    } else {
        bytes[index] &= !mask(offset);
    }
    was
}

fn mask(offset: u64) -> u8 {
    0x80 >> (offset % 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_count_from_the_highest_of_the_first_byte() {
        let mut bytes = Vec::new();
        assert!(!set_bit(&mut bytes, 1, true));
        assert!(!set_bit(&mut bytes, 15, true));
        assert_eq!(bytes, [0x40, 0x01]);
        assert!(get_bit(&bytes, 1) && get_bit(&bytes, 15));
        assert!(!get_bit(&bytes, 0) && !get_bit(&bytes, 16) && !get_bit(&bytes, u64::MAX));
        assert!(set_bit(&mut bytes, 1, false));
        assert_eq!(bytes, [0x00, 0x01]);
    }

    #[test]
    fn clearing_a_bit_beyond_the_end_still_lengthens_the_string() {
        let mut bytes = Vec::new();
        assert!(!set_bit(&mut bytes, 23, false));
        assert_eq!(bytes, [0, 0, 0]);
    }
}
