//! A run of buckets that holds one range of positions.
//!
//! A segment of a table has room for at most 448 entries. It grows and shrinks by four buckets at
//! a time and splits in two when it is full at its largest, so no operation moves more than that
//! many slots, and no table is ever rehashed as a whole. Slots are moved by the hash bits that
//! they hold: the entries themselves are not touched.
//!
//! The home bucket is an order-preserving function of the position (a multiplication, so any
//! number of buckets divides the range evenly). Growth therefore never reorders positions, and a
//! scan may stop and go on at any position.
//!
//! # Invariants
//!
//! 1. An entry lies in its home bucket or in one of the `COPY_REACH - 1` behind it (behind the last
//!    comes the first), and every bucket that its probe passed counts it in `overflow`.
//! 2. `window <= depth <= window + 8`: at least 12 of a slot's 20 hash bits lie below the prefix.
//! 3. A `Head` outside of its segment is used only while the segment lives: the table renews the
//!    directory's copies whenever it replaces a segment.
//! 4. `deadlines`, where it exists, holds for each bucket a tick at or before the deadline of each
//!    of its entries; `u32::MAX` says that none has one.

use std::ops::Deref;
use std::ptr::NonNull;

use super::bucket::{Bucket, HASH_BITS, SLOTS};
use crate::entry::Raw;
use crate::slab;

/// Buckets of the largest segment: 4 KiB.
pub(super) const BUCKETS_MAX: usize = 64;
/// Buckets that are tried for a new entry before the segment grows instead. A search rarely looks
/// at a second one (`overflow` stops it), but a far reach lets segments fill to nine tenths.
const REACH: usize = 32;
/// Buckets that are tried for an entry that is moved: a segment that is made for slots has room
/// for them. Not more, as a bucket's overflow count goes to 255, which is 36 buckets' slots.
pub(super) const COPY_REACH: usize = 36;
/// Buckets in which a key is looked for before its turn.
#[cfg(not(plain_memory))]
const PREFETCHED: usize = 4;
/// No deadline.
pub(super) const NEVER: u32 = u32::MAX;
/// What a split may take from the hash bits before they are read from the keys again.
pub(super) const DRIFT_MAX: u32 = 8;

const SIZES: [usize; 20] =
    [1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, BUCKETS_MAX];

/// What a search needs of a segment. The directory holds copies, so that a search touches the
/// directory, a bucket and the entry, and nothing else.
#[derive(Clone, Copy)]
pub(super) struct Head {
    buckets: NonNull<Bucket>,
    size: u8,
    /// Bits of the range that all entries share.
    pub(super) depth: u8,
    /// Bits above those that slots hold.
    pub(super) window: u8,
    /// The segment's number in the table.
    pub(super) index: u32,
}

/// A segment; owns its buckets.
pub(super) struct Segment {
    pub(super) head: Head,
    pub(super) len: u16,
    /// Bit `i` is set while bucket `i` has a free slot.
    pub(super) open: u64,
    /// The tick at which the table's schedule comes back here, `NEVER` if it does not.
    pub(super) scheduled: u32,
    /// First position of the range, aligned to the left of the word.
    pub(super) start: u64,
    pub(super) deadlines: Vec<u32>,
}

/// Where a slot is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub(super) bucket: usize,
    pub(super) slot: usize,
}

/// A position as one segment sees it.
#[derive(Clone, Copy)]
pub(super) struct Probe {
    pub(super) home: usize,
    pub(super) hash_bits: u32,
    pub(super) fingerprint: u8,
}

impl Head {
    #[inline(always)]
    pub(super) fn size(&self) -> usize {
        usize::from(self.size)
    }

    #[inline(always)]
    pub(super) fn bucket(&self, index: usize) -> &Bucket {
        debug_assert!(index < self.size());
        // SAFETY: callers stay below `size`, and all buckets are initialised.
        unsafe { self.buckets.add(index).as_ref() }
    }

    #[inline(always)]
    pub(super) fn probe(&self, q: u64, fingerprint: u8) -> Probe {
        let hash_bits = ((q << self.window) >> (64 - HASH_BITS)) as u32;
        Probe { home: self.home(hash_bits), hash_bits, fingerprint }
    }

    /// The home bucket of an entry with these hash bits.
    #[inline(always)]
    pub(super) fn home(&self, hash_bits: u32) -> usize {
        let drift = u32::from(self.depth - self.window);
        let fraction = u64::from(hash_bits) << (64 - HASH_BITS) << drift;
        ((u128::from(fraction) * self.size() as u128) >> 64) as usize
    }

    /// The bucket that a probe from `home` looks at after `steps` others; behind the last comes
    /// the first.
    #[inline(always)]
    pub(super) fn probed(&self, home: usize, steps: usize) -> usize {
        let index = home + steps;
        if index < self.size() { index } else { index - self.size() }
    }

    /// Asks for the entry that a search would find. The head may be outdated: whatever its
    /// buckets are by now, nothing follows but a hint.
    #[inline(always)]
    #[cfg(not(plain_memory))]
    pub(super) fn prefetch_entry(&self, probe: Probe) {
        for steps in 0..PREFETCHED.min(self.size()) {
            let index = self.probed(probe.home, steps);
            // SAFETY: within the segment as it was when the head was made, and buckets lie in
            // regions of the slabs, which are never unmapped.
            let goes_on = unsafe {
                let bucket = self.buckets.as_ptr().add(index);
                Bucket::prefetch_entry(bucket, probe.fingerprint, probe.hash_bits)
            };
            if !goes_on {
                break;
            }
        }
    }

    #[inline(always)]
    pub(super) fn find<V>(&self, probe: Probe, key: &[u8]) -> Option<Place> {
        for steps in 0..self.size() {
            let index = self.probed(probe.home, steps);
            let bucket = self.bucket(index);
            for slot in bucket.candidates(probe.fingerprint) {
                if bucket.matches(slot, probe.hash_bits)
                    && bucket.entry::<V>(slot).is_some_and(|entry| entry.key() == key)
                {
                    return Some(Place { bucket: index, slot });
                }
            }
            if bucket.ends_probe() {
                break;
            }
        }
        None
    }
}

impl Segment {
    pub(super) fn new(size: usize, depth: u8, window: u8, start: u64) -> Segment {
        let buckets = slab::allocate_array(size * size_of::<Bucket>()).cast::<Bucket>();
        for i in 0..size {
            // SAFETY: within the new block.
            unsafe { buckets.add(i).write(Bucket::EMPTY) };
        }
        let head = Head { buckets, size: size as u8, depth, window, index: 0 };
        let open = u64::MAX >> (BUCKETS_MAX - size);
        Segment { head, len: 0, open, scheduled: NEVER, start, deadlines: Vec::new() }
    }

    #[inline(always)]
    pub(super) fn bucket_mut(&mut self, index: usize) -> &mut Bucket {
        debug_assert!(index < self.head.size());
        // SAFETY: as above, and `self` is borrowed mutably.
        unsafe { self.head.buckets.add(index).as_mut() }
    }

    /// The first position, left-aligned, whose home is `home`; the range's end for `homes`.
    /// `None` is the end of the table.
    pub(super) fn first_of_home(&self, home: usize) -> Option<u64> {
        let unit_bits = 64 - HASH_BITS + u32::from(self.head.depth - self.head.window);
        let fraction = ((home as u128) << 64).div_ceil(self.size() as u128);
        let fraction = fraction.div_ceil(1 << unit_bits) << unit_bits;
        u64::try_from(u128::from(self.start) + (fraction >> self.depth)).ok()
    }

    /// Puts a new entry into a free slot near its home; `None` where the segment should grow.
    pub(super) fn place<V>(&mut self, probe: Probe, entry: Raw<V>) -> Option<Place> {
        let (index, steps) = self.first_open(probe.home, REACH)?;
        let bucket = self.bucket_mut(index);
        let slot = bucket.free_slot().expect("the bucket is open");
        bucket.put(slot, probe.fingerprint, probe.hash_bits, entry);
        if bucket.is_full() {
            self.open &= !(1 << index);
        }
        self.pass_by(probe.home, steps);
        Some(Place { bucket: index, slot })
    }

    /// The first bucket with room from `home` on, and how many others the way there passes.
    #[inline(always)]
    pub(super) fn first_open(&self, home: usize, reach: usize) -> Option<(usize, usize)> {
        let size = self.size();
        let steps = match self.open >> home {
            0 => self.open.trailing_zeros() as usize + size - home,
            behind => behind.trailing_zeros() as usize,
        };
        (steps < reach.min(size)).then(|| (self.probed(home, steps), steps))
    }

    /// Counts a new entry, whose probe from `home` passed so many buckets.
    #[inline(always)]
    pub(super) fn pass_by(&mut self, home: usize, steps: usize) {
        for step in 0..steps {
            let passed = self.probed(home, step);
            self.bucket_mut(passed).add_overflow();
        }
        self.len += 1;
    }

    /// Empties a slot in use.
    pub(super) fn take(&mut self, place: Place) {
        let mut passed = self.home(self.bucket(place.bucket).hash_bits(place.slot));
        self.bucket_mut(place.bucket).clear(place.slot);
        self.open |= 1 << place.bucket;
        while passed != place.bucket {
            self.bucket_mut(passed).remove_overflow();
            passed = self.probed(passed, 1);
        }
        self.len -= 1;
    }

    /// Notes that the bucket holds an entry that is due at `tick`.
    pub(super) fn note_deadline(&mut self, bucket: usize, tick: u32) {
        if self.deadlines.is_empty() {
            self.deadlines = vec![NEVER; self.size()];
        }
        self.deadlines[bucket] = self.deadlines[bucket].min(tick);
    }

    pub(super) fn first_deadline(&self) -> u32 {
        self.deadlines.iter().copied().min().unwrap_or(NEVER)
    }

    pub(super) fn entries_of<V>(
        &self,
        bucket: usize,
    ) -> impl Iterator<Item = (Place, Raw<V>)> + '_ {
        (0..SLOTS).filter_map(move |slot| {
            self.bucket(bucket).entry(slot).map(|entry| (Place { bucket, slot }, entry))
        })
    }

    /// Every entry, with its place.
    pub(super) fn entries<V>(&self) -> impl Iterator<Item = (Place, Raw<V>)> + '_ {
        (0..self.size()).flat_map(|bucket| self.entries_of(bucket))
    }

    /// Whether its buckets should move.
    pub(super) fn lies_in(&self, evacuation: &slab::Evacuation) -> bool {
        evacuation.contains(self.buckets)
    }

    /// Bytes that the segment occupies.
    pub(super) fn allocated(&self) -> usize {
        self.size() * size_of::<Bucket>() + self.deadlines.capacity() * 4 + size_of::<Segment>()
    }
}

impl Deref for Segment {
    type Target = Head;

    #[inline(always)]
    fn deref(&self) -> &Head {
        &self.head
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // SAFETY: allocated by `new` with this size; buckets need no drop.
        unsafe { slab::release_array(self.buckets.cast(), self.size() * size_of::<Bucket>()) };
    }
}

/// The next larger size of a segment.
pub(super) fn next_size(size: usize) -> Option<usize> {
    SIZES.iter().copied().find(|&larger| larger > size)
}

/// The size for `len` entries that leaves room to grow.
pub(super) fn size_for(len: usize) -> usize {
    let wanted = len * 9 / 8;
    SIZES.iter().copied().find(|&size| size * SLOTS >= wanted).unwrap_or(BUCKETS_MAX)
}
