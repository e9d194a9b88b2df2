//! How many bits of a part of a string are set, as BITCOUNT asks.

use std::ops::Range;

use structures::popcount::count_ones;

/// How many of these bits are set; they lie within the bytes.
#[must_use]
pub fn count(bytes: &[u8], bits: Range<u64>) -> u64 {
    if bits.is_empty() {
        return 0;
    }
    let index = |bit: u64| usize::try_from(bit / 8).expect("the bits lie within the bytes");
    let (first, last) = (index(bits.start), index(bits.end - 1));
    // What the outermost bytes have beyond the range is counted, and taken away again.
    let before = bytes[first] & !(0xff >> (bits.start % 8));
    let behind = bytes[last] & (0x7f >> ((bits.end - 1) % 8));
    count_ones(&bytes[first..=last]) - u64::from(before.count_ones() + behind.count_ones())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bits::get_bit;

    proptest! {
        #[test]
        fn counts_as_one_does_bit_by_bit(bytes: Vec<u8>, from in 0..800u64, len in 0..800u64) {
            let from = from.min(bytes.len() as u64 * 8);
            let bits = from..(from + len).min(bytes.len() as u64 * 8);
            let expected = bits.clone().filter(|&bit| get_bit(&bytes, bit)).count() as u64;
            prop_assert_eq!(count(&bytes, bits), expected);
        }
    }
}
