//! Making segments of other segments: larger and smaller ones, halves, joined ones.
//!
//! HOT: every entry is moved about ten times while its table grows to its size, so moving is a
//! multiplication, a bit search and two stores, and reads no entry.

use super::bucket::{HASH_BITS, Moved, SLOTS};
use super::segment::{BUCKETS_MAX, COPY_REACH, NEVER, Segment, next_size, size_for};
use crate::entry::Raw;
use crate::prefetch::prefetch_read;

/// Buckets whose entries are asked for before they are read.
const AHEAD: usize = 2;

/// A new segment, and how far its buckets are filled.
struct Filling {
    segment: Segment,
    filled: [u8; BUCKETS_MAX],
}

impl Filling {
    fn new(segment: Segment) -> Filling {
        Filling { segment, filled: [0; BUCKETS_MAX] }
    }

    /// Takes a slot over, whose bucket had that deadline; false where it does not fit.
    #[inline(always)]
    fn add(&mut self, moved: Moved, tick: u32) -> bool {
        let segment = &mut self.segment;
        let home = segment.home(moved.hash_bits());
        let Some((index, steps)) = segment.first_open(home, COPY_REACH) else { return false };
        let slot = usize::from(self.filled[index]);
        segment.bucket_mut(index).fill(slot, moved);
        self.filled[index] += 1;
        if slot + 1 == SLOTS {
            segment.open &= !(1 << index);
        }
        segment.pass_by(home, steps);
        if tick != NEVER {
            segment.note_deadline(index, tick);
        }
        true
    }

    fn add_all(&mut self, from: &Segment, wanted: impl Fn(u32) -> bool) -> bool {
        (0..from.size()).all(|index| {
            let (bucket, tick) = (from.bucket(index), from.deadline_of(index));
            let mut slots = (0..SLOTS).filter_map(|slot| bucket.moved(slot));
            slots.all(|moved| !wanted(moved.hash_bits()) || self.add(moved, tick))
        })
    }

    /// Takes all slots over, with hash bits that are read anew from the keys.
    fn add_rehashed<V>(&mut self, from: &Segment, left_aligned: &impl Fn(&[u8]) -> u64) -> bool {
        (0..from.size()).all(|index| {
            prefetch_entries::<V>(from, index + AHEAD);
            let tick = from.deadline_of(index);
            let mut entries = from.entries_of::<V>(index);
            entries.all(|(place, entry)| {
                let fingerprint = from.bucket(index).fingerprint(place.slot);
                let probe = self.segment.probe(left_aligned(entry.key()), fingerprint);
                self.add(Moved::new(entry, probe.hash_bits, fingerprint), tick)
            })
        })
    }
}

fn prefetch_entries<V>(segment: &Segment, index: usize) {
    if index < segment.size() {
        let entries = segment.entries_of::<V>(index);
        entries.for_each(|(_, Raw { at, .. })| prefetch_read(at.as_ptr()));
    }
}

/// Tries sizes from `size` on.
fn first_that_fits(size: usize, fill: impl Fn(usize) -> Option<Segment>) -> Option<Segment> {
    std::iter::successors(Some(size), |&size| next_size(size)).find_map(fill)
}

impl Segment {
    /// A copy with `size` buckets or, where its slots do not fit, with more; `None` where even
    /// the largest cannot hold them.
    pub(super) fn resized(&self, size: usize) -> Option<Segment> {
        first_that_fits(size, |size| {
            let new = Segment::new(size, self.depth, self.window, self.start);
            let mut filling = Filling::new(new.scheduled_like(self));
            filling.add_all(self, |_| true).then_some(filling.segment)
        })
    }

    /// The two halves of the range.
    pub(super) fn halves(&self) -> [Segment; 2] {
        let depth = self.depth + 1;
        let mid = self.start + (1 << (64 - depth));
        let bit = HASH_BITS - u32::from(depth - self.window);
        [(self.start, 0), (mid, 1)].map(|(start, side)| {
            let half = first_that_fits(size_for(usize::from(self.len) / 2), |size| {
                let new = Segment::new(size, depth, self.window, start);
                let mut filling = Filling::new(new.scheduled_like(self));
                let fits = filling.add_all(self, |hash_bits| hash_bits >> bit & 1 == side);
                fits.then_some(filling.segment)
            });
            half.expect("half of a segment's slots are far fewer than 36 of its buckets hold")
        })
    }

    /// Reads the hash bits below the prefix anew from the keys, so that `window` is `depth`.
    /// For a segment with room to spare: finer bits may move an entry to the next home.
    pub(super) fn rebased<V>(&self, left_aligned: impl Fn(&[u8]) -> u64) -> Segment {
        let rebased = first_that_fits(self.size(), |size| {
            let new = Segment::new(size, self.depth, self.depth, self.start);
            let mut filling = Filling::new(new.scheduled_like(self));
            filling.add_rehashed::<V>(self, &left_aligned).then_some(filling.segment)
        });
        rebased.expect("half of a segment's slots fit into its full size")
    }

    /// This half and the other one as one segment of `size` buckets, if they fit.
    pub(super) fn joined<V>(
        &self,
        other: &Segment,
        size: usize,
        left_aligned: impl Fn(&[u8]) -> u64,
    ) -> Option<Segment> {
        let depth = self.depth - 1;
        let mut new = Segment::new(size, depth, depth, self.start.min(other.start));
        new.scheduled = self.scheduled.min(other.scheduled);
        let mut filling = Filling::new(new);
        let fits = [self, other].iter().all(|half| filling.add_rehashed::<V>(half, &left_aligned));
        fits.then_some(filling.segment)
    }

    fn scheduled_like(mut self, other: &Segment) -> Segment {
        self.scheduled = other.scheduled;
        self
    }

    fn deadline_of(&self, bucket: usize) -> u32 {
        self.deadlines.get(bucket).copied().unwrap_or(NEVER)
    }
}
