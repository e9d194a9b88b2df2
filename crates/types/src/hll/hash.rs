//! What an element says to a HyperLogLog: which register, and which level.
//!
//! The hash is MurmurHash64A with Redis's seed. Any other would do as well, but the values must
//! mean the same to whoever reads them next.

use super::REGISTERS;

const SEED: u64 = 0xadc8_3b19;
const MULTIPLIER: u64 = 0xc6a4_a793_5bd1_e995;
const SHIFT: u32 = 47;

/// Bits of the hash that choose the register.
const INDEX_BITS: u32 = REGISTERS.trailing_zeros();

/// A register and a level.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sign {
    /// The register, below `REGISTERS`.
    pub index: usize,
    /// Zeros in front of the first set bit, and that bit: 1 to 51.
    pub level: u8,
}

impl Sign {
    /// The sign of an element.
    #[must_use]
    pub fn of(element: &[u8]) -> Sign {
        let hash = murmur(element);
        let index = hash as usize % REGISTERS;
        let zeros = (hash >> INDEX_BITS | 1 << (u64::BITS - INDEX_BITS)).trailing_zeros();
        Sign { index, level: zeros as u8 + 1 }
    }
}

fn murmur(bytes: &[u8]) -> u64 {
    let mut hash = SEED ^ (bytes.len() as u64).wrapping_mul(MULTIPLIER);
    let (words, tail) = bytes.as_chunks::<8>();
    for word in words {
        let mut word = u64::from_le_bytes(*word).wrapping_mul(MULTIPLIER);
        word ^= word >> SHIFT;
        hash = (hash ^ word.wrapping_mul(MULTIPLIER)).wrapping_mul(MULTIPLIER);
    }
    if !tail.is_empty() {
        let mut last = [0; 8];
        last[..tail.len()].copy_from_slice(tail);
        hash = (hash ^ u64::from_le_bytes(last)).wrapping_mul(MULTIPLIER);
    }
    hash = (hash ^ hash >> SHIFT).wrapping_mul(MULTIPLIER);
    hash ^ hash >> SHIFT
}
