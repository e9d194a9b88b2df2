//! One cache line of the hash table: seven slots and what tells them apart.
//!
//! # Layout
//!
//! ```text
//! +-----------------+----------+--------+--------+ - - - +--------+
//! | fingerprints    | overflow | slot 0 | slot 1 |       | slot 6 |   64 bytes
//! | 7 x u8          | u8       | u64    | u64    |       | u64    |
//! +-----------------+----------+--------+--------+ - - - +--------+
//!
//! slot: bits 63..44 hash bits of the position | bits 43..0 address of the entry / 8; 0 is empty
//! ```
//!
//! # Invariants
//!
//! 1. `overflow` counts the entries whose probe passed this bucket by because it was full. A
//!    search that meets a zero stops.
//! 2. Addresses of entries are below 2^47 and multiples of 8.

use std::ptr::NonNull;

use crate::entry::Raw;
#[cfg(not(plain_memory))]
use crate::prefetch::{guess, prefetch_read};

pub(super) const SLOTS: usize = 7;
/// Bits of the position that a slot keeps.
pub(super) const HASH_BITS: u32 = 20;
const ADDRESS_BITS: u32 = 44;

#[repr(C, align(64))]
pub(super) struct Bucket {
    /// Fingerprint `i` in byte `i`, counted from the lowest; the overflow count in the highest.
    meta: u64,
    slots: [u64; SLOTS],
}

/// One in the place of the overflow count.
const OVERFLOW_ONE: u64 = 1 << 56;

impl Bucket {
    pub(super) const EMPTY: Bucket = Bucket { meta: 0, slots: [0; SLOTS] };

    /// Whether no probe passed this bucket by.
    #[inline(always)]
    pub(super) fn ends_probe(&self) -> bool {
        self.meta < OVERFLOW_ONE
    }

    pub(super) fn add_overflow(&mut self) {
        self.meta += OVERFLOW_ONE;
    }

    pub(super) fn remove_overflow(&mut self) {
        self.meta -= OVERFLOW_ONE;
    }

    /// Indices of the slots that may hold an entry with this fingerprint and these hash bits.
    #[inline(always)]
    pub(super) fn candidates(&self, fingerprint: u8) -> Candidates {
        Candidates::of(self.meta, fingerprint)
    }

    /// Asks for the entry that a search here would find, and says whether the search would go on.
    /// The bucket may be changing, or may be no bucket any more.
    ///
    /// # Safety
    ///
    /// The bucket's memory is mapped.
    #[inline(always)]
    #[cfg(not(plain_memory))]
    pub(super) unsafe fn prefetch_entry(
        at: *const Bucket,
        fingerprint: u8,
        hash_bits: u32,
    ) -> bool {
        // SAFETY: the caller's contract; all words of a bucket are aligned.
        let word = |i: usize| unsafe { guess(at.cast::<u64>().add(i)) };
        let meta = word(0);
        for slot in Candidates::of(meta, fingerprint) {
            let word = word(1 + slot);
            if (word >> ADDRESS_BITS) as u32 == hash_bits {
                let entry = (word << 3 & ((1 << (ADDRESS_BITS + 3)) - 1)) as usize;
                prefetch_read(entry as *const u8);
                // A small entry ends here or in this line; a longer one brings the next along.
                prefetch_read((entry + 48) as *const u8);
                return false;
            }
        }
        meta >= OVERFLOW_ONE
    }

    pub(super) fn free_slot(&self) -> Option<usize> {
        self.slots.iter().position(|&slot| slot == 0)
    }

    pub(super) fn is_full(&self) -> bool {
        self.slots.iter().all(|&slot| slot != 0)
    }

    /// The hash bits of a slot in use.
    #[inline(always)]
    pub(super) fn hash_bits(&self, slot: usize) -> u32 {
        (self.slots[slot] >> ADDRESS_BITS) as u32
    }

    pub(super) fn fingerprint(&self, slot: usize) -> u8 {
        (self.meta >> (8 * slot)) as u8
    }

    fn set_fingerprint(&mut self, slot: usize, fingerprint: u8) {
        let at = 8 * slot;
        self.meta = self.meta & !(0xFF << at) | u64::from(fingerprint) << at;
    }

    /// The entry of a slot, if it is in use.
    #[inline(always)]
    pub(super) fn entry<V>(&self, slot: usize) -> Option<Raw<V>> {
        let address = (self.slots[slot] & ((1 << ADDRESS_BITS) - 1)) << 3;
        NonNull::new(std::ptr::with_exposed_provenance_mut::<u8>(address as usize))
            .map(Raw::from_address)
    }

    /// Whether the slot is in use and has these hash bits.
    #[inline(always)]
    pub(super) fn matches(&self, slot: usize, hash_bits: u32) -> bool {
        self.hash_bits(slot) == hash_bits && self.slots[slot] != 0
    }

    pub(super) fn put<V>(&mut self, slot: usize, fingerprint: u8, hash_bits: u32, entry: Raw<V>) {
        self.set_fingerprint(slot, fingerprint);
        self.slots[slot] = word(entry, hash_bits);
    }

    /// The entry of a slot in use has moved.
    pub(super) fn replace<V>(&mut self, slot: usize, entry: Raw<V>) {
        self.slots[slot] = word(entry, self.hash_bits(slot));
    }

    /// The content of a slot, if it is in use.
    #[inline(always)]
    pub(super) fn moved(&self, slot: usize) -> Option<Moved> {
        let (word, fingerprint) = (self.slots[slot], self.fingerprint(slot));
        (word != 0).then_some(Moved { word, fingerprint })
    }

    /// Puts content into a slot that was never used.
    #[inline(always)]
    pub(super) fn fill(&mut self, slot: usize, moved: Moved) {
        self.meta |= u64::from(moved.fingerprint) << (8 * slot);
        self.slots[slot] = moved.word;
    }

    pub(super) fn clear(&mut self, slot: usize) {
        self.set_fingerprint(slot, 0);
        self.slots[slot] = 0;
    }
}

/// A slot on its way to another bucket.
#[derive(Clone, Copy)]
pub(super) struct Moved {
    word: u64,
    fingerprint: u8,
}

impl Moved {
    #[inline(always)]
    pub(super) fn new<V>(entry: Raw<V>, hash_bits: u32, fingerprint: u8) -> Moved {
        Moved { word: word(entry, hash_bits), fingerprint }
    }

    #[inline(always)]
    pub(super) fn hash_bits(self) -> u32 {
        (self.word >> ADDRESS_BITS) as u32
    }
}

#[inline(always)]
fn word<V>(entry: Raw<V>, hash_bits: u32) -> u64 {
    let address = entry.at.as_ptr().expose_provenance() as u64;
    assert!(address & 7 == 0 && address >> 47 == 0, "invariant 2");
    u64::from(hash_bits) << ADDRESS_BITS | address >> 3
}

/// Slots to look at, as bits 7, 15, 23... of a word.
pub(super) struct Candidates(u64);

impl Candidates {
    #[inline(always)]
    fn of(meta: u64, fingerprint: u8) -> Candidates {
        const LOW: u64 = 0x0101_0101_0101_0101;
        let differ = meta ^ LOW.wrapping_mul(u64::from(fingerprint));
        // The classic test for zero bytes, without the overflow byte. It may name a byte above a
        // true match as well, and whoever asks compares the hash bits next.
        Candidates(differ.wrapping_sub(LOW) & !differ & 0x0080_8080_8080_8080)
    }
}

impl Iterator for Candidates {
    type Item = usize;

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        if self.0 == 0 {
            return None;
        }
        let slot = (self.0.trailing_zeros() / 8) as usize;
        self.0 &= self.0 - 1;
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_matching_fingerprint_is_a_candidate_and_the_overflow_byte_never_is() {
        for fingerprint in 0..=255u8 {
            for mask in 0..128u32 {
                let mut bucket = Bucket::EMPTY;
                (0..fingerprint).for_each(|_| bucket.add_overflow());
                for slot in 0..SLOTS {
                    let hit = mask >> slot & 1 == 1;
                    let other = fingerprint.wrapping_add(1 + slot as u8);
                    bucket.set_fingerprint(slot, if hit { fingerprint } else { other });
                }
                let found: Vec<usize> = bucket.candidates(fingerprint).collect();
                assert!(found.iter().all(|&slot| slot < SLOTS));
                for slot in (0..SLOTS).filter(|slot| mask >> slot & 1 == 1) {
                    assert!(found.contains(&slot), "{fingerprint} {mask:b}");
                }
            }
        }
    }
}
