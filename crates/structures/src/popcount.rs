//! How many bits of a run of bytes are set.
//!
//! Releases are built for any processor of the architecture, and there the compiler may not use
//! what counts fastest. So the plain loop is compiled twice, and the processor is asked which of
//! the two it can run; where it counts the bits of 64 bytes in one instruction, that is written by
//! hand, as the compiler does not find it. Beyond the caches all of them wait for memory.
//!
//! HOT: `BITCOUNT` of long strings; nothing here allocates.

/// How many bits are set.
#[must_use]
pub fn count_ones(bytes: &[u8]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vpopcntdq") {
        // SAFETY: the processor was asked for both features.
        return unsafe { with_avx512(bytes) };
    }
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

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
fn with_avx512(bytes: &[u8]) -> u64 {
    use std::arch::x86_64::{
        _mm512_add_epi64, _mm512_loadu_si512, _mm512_popcnt_epi64, _mm512_reduce_add_epi64,
        _mm512_setzero_si512,
    };
    let (blocks, rest) = bytes.as_chunks::<256>();
    // Four sums, so that no addition waits for the one before.
    let mut sums = [_mm512_setzero_si512(); 4];
    for block in blocks {
        for (sum, part) in sums.iter_mut().zip(block.as_chunks::<64>().0) {
            // SAFETY: the load is of the 64 bytes of the part, at any alignment.
            let words = unsafe { _mm512_loadu_si512(part.as_ptr().cast()) };
            *sum = _mm512_add_epi64(*sum, _mm512_popcnt_epi64(words));
        }
    }
    let sums = sums.map(|sum| _mm512_reduce_add_epi64(sum) as u64);
    sums.iter().sum::<u64>() + portable(rest)
}

#[inline(always)]
fn portable(bytes: &[u8]) -> u64 {
    let (blocks, rest) = bytes.as_chunks::<64>();
    // A sum for each word of a block: to add them up in every turn would take half of the time.
    let mut sums = [0; 8];
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        for (sum, word) in sums.iter_mut().zip(words) {
            *sum += ones(u64::from_ne_bytes(*word));
        }
    }
    let (words, tail) = rest.as_chunks::<8>();
    let rest = words.iter().map(|word| ones(u64::from_ne_bytes(*word))).sum::<u64>();
    sums.iter().sum::<u64>() + rest + tail.iter().map(|&byte| ones(u64::from(byte))).sum::<u64>()
}

#[inline(always)]
fn ones(word: u64) -> u64 {
    u64::from(word.count_ones())
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn all_loops_count_every_bit_of_every_length() {
        let bytes: Vec<u8> = (0..900u32).map(|n| ((n * n) >> 3) as u8).collect();
        for from in 0..9 {
            for to in from..bytes.len() {
                let part = &bytes[from..to];
                let expected: u64 = part.iter().map(|byte| u64::from(byte.count_ones())).sum();
                assert_eq!((count_ones(part), portable(part)), (expected, expected));
            }
        }
    }
}
