//! Walking a table by position: `SCAN`, snapshots, eviction, random keys.
//!
//! A walk stops only between home buckets, and the position where it stops is the first one of
//! the next home bucket. As homes keep the order of positions whatever the table's size, whoever
//! goes on there later, after any growth or shrinking, meets every entry that was there
//! throughout.

use super::bucket::SLOTS;
use super::map::Table;
use super::perishable::Perishable;
use super::segment::{NEVER, Segment};
use crate::entry::{EntryRef, Raw};
use crate::position::Position;

impl<V: Perishable> Table<V> {
    /// Shows the entries of the home bucket of `from`, and gives the first position behind it;
    /// `None` at the end of the table. Some of the entries may lie before `from`.
    pub fn scan<'a>(
        &'a self,
        from: Position,
        visit: &mut dyn FnMut(EntryRef<'a, V>),
    ) -> Option<Position> {
        if self.directory.is_empty() {
            return None;
        }
        let q = self.left_aligned(from);
        let segment = &self.segments[self.segment_of(q)];
        let home = segment.probe(q, 0).home;
        segment.visit_home(home, &mut |raw| visit(EntryRef::new(raw)));
        let next = segment.first_of_home(home + 1)?;
        Some(Position(self.first.0 | next >> self.skip))
    }

    /// Every entry, in no useful order.
    pub fn iter(&self) -> impl Iterator<Item = EntryRef<'_, V>> {
        self.segments
            .iter()
            .flat_map(|segment| segment.entries().map(|(_, raw)| EntryRef::new(raw)))
    }

    /// An entry chosen by a random number; all have nearly the same chance.
    pub fn random(&self, random: u64) -> Option<EntryRef<'_, V>> {
        if self.is_empty() {
            return None;
        }
        // Blind picks of a slot are fair; the walk behind them ends a run of bad luck.
        let mut state = random;
        for _ in 0..64 {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
            let segment = &self.segments[self.segment_of(state)];
            let pick = ((state << 24 >> 32) as usize) % (Segment::SIZE_MAX * SLOTS);
            let (bucket, slot) = (pick / SLOTS, pick % SLOTS);
            if bucket < segment.size()
                && let Some(raw) = segment.bucket(bucket).entry(slot)
            {
                return Some(EntryRef::new(raw));
            }
        }
        let skip = state as usize % self.len;
        self.iter().nth(skip)
    }

    /// An entry with a deadline chosen by a random number; the rarer they are around, the more
    /// chance one has.
    pub fn random_expiring(&self, random: u64) -> Option<EntryRef<'_, V>> {
        let count = self.segments.len().max(1);
        let first = (random >> 32) as usize % count;
        let segments = (0..count).filter_map(|i| self.segments.get((first + i) % count));
        let mut found = segments.filter_map(|segment| segment.expiring_from(random as usize));
        found.next().map(EntryRef::new)
    }
}

impl Segment {
    /// Entries of the largest segment.
    pub(super) const LEN_MAX: usize = super::segment::BUCKETS_MAX * SLOTS;
    const SIZE_MAX: usize = super::segment::BUCKETS_MAX;

    /// The first entry with a deadline in the buckets from `first` on.
    fn expiring_from<V>(&self, first: usize) -> Option<Raw<V>> {
        let buckets = (0..self.size()).map(|i| (first % self.size() + i) % self.size());
        let mut due =
            buckets.filter(|&bucket| self.deadlines.get(bucket).is_some_and(|&tick| tick != NEVER));
        due.find_map(|bucket| {
            let slots = (0..SLOTS).map(|i| (first / 64 % SLOTS + i) % SLOTS);
            let mut entries = slots.filter_map(|slot| self.bucket(bucket).entry::<V>(slot));
            entries.find(|entry| entry.deadline().is_some())
        })
    }

    fn visit_home<V>(&self, home: usize, visit: &mut dyn FnMut(Raw<V>)) {
        for steps in 0..self.size() {
            let bucket = self.bucket(self.probed(home, steps));
            for slot in 0..SLOTS {
                if let Some(raw) = bucket.entry(slot)
                    && self.home(bucket.hash_bits(slot)) == home
                {
                    visit(raw);
                }
            }
            if bucket.ends_probe() {
                break;
            }
        }
    }
}
