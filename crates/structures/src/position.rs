//! A key's place on the line that is the keyspace.
//!
//! A position is the upper 63 bits of a seeded 64-bit hash: `SCAN` shows positions to clients as
//! cursors, and some of them parse a cursor as a signed number. The seed comes from the operating
//! system, so nobody can prepare keys that collide.

use rapidhash::v3::{RapidSecrets, rapidhash_v3_inline};

/// Bits of a position.
pub const POSITION_BITS: u32 = 63;

/// A key's place on the line: below 2^63.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Position(pub u64);

impl Position {
    /// The first position past the line, which no key has.
    pub const END: Position = Position(1 << POSITION_BITS);

    /// Index of the shard that holds the position, where there are `1 << bits` shards.
    #[inline]
    pub const fn shard(self, bits: u32) -> usize {
        (self.0 >> (POSITION_BITS - bits)) as usize
    }
}

/// The seeded hash that gives keys their positions.
#[derive(Clone, Debug)]
pub struct PositionHasher {
    secrets: RapidSecrets,
}

impl PositionHasher {
    /// A hasher whose positions cannot be foreseen without the seed.
    pub fn new(seed: u64) -> PositionHasher {
        PositionHasher { secrets: RapidSecrets::seed(seed) }
    }

    /// The position of a key.
    #[inline]
    pub fn position(&self, key: &[u8]) -> Position {
        Position(rapidhash_v3_inline::<true, false, false>(key, &self.secrets) >> 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_depend_on_the_seed_and_stay_below_two_to_the_63() {
        let (a, b) = (PositionHasher::new(1), PositionHasher::new(2));
        assert_ne!(a.position(b"k"), b.position(b"k"));
        for i in 0..10_000u32 {
            assert!(a.position(&i.to_le_bytes()) < Position::END);
        }
    }

    #[test]
    fn shards_divide_the_line_evenly() {
        let hasher = PositionHasher::new(7);
        let mut counts = [0u32; 16];
        for i in 0..16_000u32 {
            counts[hasher.position(&i.to_le_bytes()).shard(4)] += 1;
        }
        assert!(counts.iter().all(|&n| (850..1150).contains(&n)), "{counts:?}");
    }
}
