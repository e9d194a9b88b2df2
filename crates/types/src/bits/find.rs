//! The first set or clear bit of a part of a string, as BITPOS asks.

use std::ops::Range;

/// The first of these bits that has this value; they lie within the bytes.
#[must_use]
pub fn find(bytes: &[u8], bits: Range<u64>, value: bool) -> Option<u64> {
    if bits.is_empty() {
        return None;
    }
    let index = |bit: u64| usize::try_from(bit / 8).expect("the bits lie within the bytes");
    let (first, last) = (index(bits.start), index(bits.end - 1));
    // A byte in which nothing is found; what differs from it is a hit.
    let other = if value { 0x00 } else { 0xff };
    let head = 0xff >> (bits.start % 8);
    let tail = !(0x7f >> ((bits.end - 1) % 8));
    if first == last {
        return place(first, (bytes[first] ^ other) & head & tail);
    }
    place(first, (bytes[first] ^ other) & head)
        .or_else(|| {
            let at = first + 1 + skip(&bytes[first + 1..last], other);
            place(at, if at < last { bytes[at] ^ other } else { 0 })
        })
        .or_else(|| place(last, (bytes[last] ^ other) & tail))
}

/// The number of the highest bit of a byte, if any of its bits is set.
fn place(index: usize, hits: u8) -> Option<u64> {
    (hits != 0).then(|| index as u64 * 8 + u64::from(hits.leading_zeros()))
}

/// How many bytes at the beginning are this one: eight words a step, then byte by byte.
fn skip(bytes: &[u8], byte: u8) -> usize {
    let word = u64::from_ne_bytes([byte; 8]);
    let (blocks, _) = bytes.as_chunks::<64>();
    let differs = |block: &&[u8; 64]| {
        let (words, _) = block.as_chunks::<8>();
        words.iter().fold(0, |any, part| any | (u64::from_ne_bytes(*part) ^ word)) != 0
    };
    let equal = blocks.iter().take_while(|block| !differs(block)).count() * 64;
    let rest = &bytes[equal..];
    equal + rest.iter().position(|&other| other != byte).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::bits::get_bit;

    proptest! {
        #[test]
        fn finds_as_one_does_bit_by_bit(
            fill: bool,
            len in 0..300usize,
            odd in proptest::option::of((0..300usize, any::<u8>())),
            from in 0..2400u64,
            count in 0..2400u64,
            value: bool,
        ) {
            let mut bytes = vec![if fill { 0xff } else { 0 }; len];
            if let Some((at, byte)) = odd && at < len {
                bytes[at] = byte;
            }
            let end = len as u64 * 8;
            let bits = from.min(end)..(from + count).min(end);
            let expected = bits.clone().find(|&bit| get_bit(&bytes, bit) == value);
            prop_assert_eq!(find(&bytes, bits, value), expected);
        }
    }
}
