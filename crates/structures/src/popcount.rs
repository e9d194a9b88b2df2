//! How many bits of a run of bytes are set.
//!
//! Releases are built for any processor of the architecture, and there the compiler may not use
//! what counts fastest. So the plain loop is compiled twice, and the processor is asked which of
//! the two it can run; where it counts the bits of 64 bytes in one instruction, that is written by
//! hand, as the compiler does not find it. Beyond the caches all of them wait for memory: one that
//! goes along four places at once, and asks for what comes next, waits a tenth less.
//!
//! HOT: `BITCOUNT` of long strings; nothing here allocates.

/// What lies between two of the places that are counted at once: a huge page, as the processor
/// foresees the reads of each page by itself.
#[cfg(target_arch = "x86_64")]
const LANE_BYTES: usize = 2 << 20;
/// How far in front of each place memory is asked for.
#[cfg(target_arch = "x86_64")]
const AHEAD_BYTES: usize = 256;

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
        _MM_HINT_T0, _mm_prefetch, _mm512_add_epi64, _mm512_loadu_si512, _mm512_popcnt_epi64,
        _mm512_reduce_add_epi64, _mm512_setzero_si512,
    };
    // Four sums, so that no addition waits for the one before.
    let mut sums = [_mm512_setzero_si512(); 4];
    let mut add = |lane: usize, part: *const u8| {
        // SAFETY: the callers point to 64 bytes; the load may have any alignment.
        let words = unsafe { _mm512_loadu_si512(part.cast()) };
        sums[lane] = _mm512_add_epi64(sums[lane], _mm512_popcnt_epi64(words));
    };
    let (long, rest) = bytes.as_chunks::<{ 4 * LANE_BYTES }>();
    for block in long {
        let lanes = block.as_chunks::<LANE_BYTES>().0;
        for at in (0..LANE_BYTES).step_by(64) {
            for (lane, bytes) in lanes.iter().enumerate() {
                let part = bytes.as_ptr().wrapping_add(at);
                _mm_prefetch::<_MM_HINT_T0>(part.wrapping_add(AHEAD_BYTES).cast());
                add(lane, part);
            }
        }
    }
    let (blocks, rest) = rest.as_chunks::<256>();
    for block in blocks {
        for (lane, part) in block.as_chunks::<64>().0.iter().enumerate() {
            add(lane, part.as_ptr());
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

    #[test]
    fn long_runs_are_counted_as_short_ones() {
        let bytes: Vec<u8> =
            (0..(20u32 << 20) + 77).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
        assert_eq!(count_ones(&bytes[3..]), portable(&bytes[3..]));
    }
}
