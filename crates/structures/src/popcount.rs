//! How many bits of a run of bytes are set.
//!
//! Releases are built for any processor of the architecture, and there the compiler may not use
//! what counts fastest. So the same plain loop is compiled twice, and the processor is asked once
//! which of the two it can run. Hand-written vector code lost: the compiler makes as good a loop
//! out of eight words a step.
//!
//! HOT: `BITCOUNT` of long strings; nothing here allocates.

/// How many bits are set.
#[must_use]
pub fn count_ones(bytes: &[u8]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
        // SAFETY: the processor was asked for both features.
        return unsafe { with_avx2(bytes) };
    }
    portable(bytes)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,popcnt")]
fn with_avx2(bytes: &[u8]) -> u64 {
    portable(bytes)
}

#[inline(always)]
fn portable(bytes: &[u8]) -> u64 {
    let (blocks, rest) = bytes.as_chunks::<64>();
    let mut total = 0;
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        total += words.iter().map(|word| ones(u64::from_ne_bytes(*word))).sum::<u64>();
    }
    let (words, tail) = rest.as_chunks::<8>();
    total += words.iter().map(|word| ones(u64::from_ne_bytes(*word))).sum::<u64>();
    total + tail.iter().map(|&byte| ones(u64::from(byte))).sum::<u64>()
}

#[inline(always)]
fn ones(word: u64) -> u64 {
    u64::from(word.count_ones())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn both_loops_count_every_bit_of_every_length() {
        let bytes: Vec<u8> = (0..400u32).map(|n| ((n * n) >> 3) as u8).collect();
        for from in 0..9 {
            for to in from..bytes.len() {
                let part = &bytes[from..to];
                let expected: u64 = part.iter().map(|byte| u64::from(byte.count_ones())).sum();
                assert_eq!((count_ones(part), portable(part)), (expected, expected));
            }
        }
    }
}
