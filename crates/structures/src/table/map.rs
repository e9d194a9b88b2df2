//! The hash table of one shard and database: a directory of segments.
//!
//! Extendible hashing over segments that also grow in small steps: a segment is split, grown,
//! shrunk or merged alone, and the directory, eight bytes a segment or less, is the only thing
//! that ever doubles. The table that lost is the usual one with two arrays and incremental
//! rehashing: it needs half as much memory again while it grows, and every command pays for it.
//!
//! Positions are used *left-aligned* here (called `q`): the bits that all positions of the shard
//! share are shifted out.
//!
//! # Invariants
//!
//! 1. `directory` has `1 << depth` elements, or none while the table is empty; the head at
//!    `q >> (64 - depth)` is that of the segment whose range contains `q`.
//! 2. Each entry is in exactly one slot, and the table owns it.
//! 3. A segment with `scheduled != NEVER` has an element for that tick in `schedule`.
//! 4. `expiring` counts the entries with a deadline, `perishing` those whose values have parts with
//!    one.

use std::marker::PhantomData;
use std::sync::Arc;

use super::bucket::SLOTS;
use super::entry_mut::EntryMut;
use super::expiry::{Schedule, tick_of};
use super::perishable::Perishable;
use super::segment::{
    BUCKETS_MAX, DRIFT_MAX, Head, NEVER, Place, Probe, Segment, next_size, size_for,
};
use crate::entry::{Detached, EntryRef, OwnedEntry, Put, Raw};
use crate::position::{POSITION_BITS, Position, PositionHasher};
use crate::prefetch::prefetch_read;
use crate::slab::Evacuation;

/// A map from keys to entries, ordered by position.
pub struct Table<V> {
    pub(super) directory: Vec<Head>,
    pub(super) segments: Vec<Segment>,
    pub(super) depth: u8,
    /// Bits of a position, from the left of a word, that all keys of this table share.
    pub(super) skip: u8,
    /// Buckets at which a segment of this table splits rather than grows.
    split_at: usize,
    epoch: bool,
    /// First position of the table's range.
    pub(super) first: Position,
    pub(super) len: usize,
    pub(super) expiring: usize,
    pub(super) perishing: usize,
    pub(super) schedule: Schedule,
    hasher: Arc<PositionHasher>,
    values: PhantomData<V>,
}

// SAFETY: the table owns its entries (invariant 2), which own their values. It is not `Sync`:
// `EntryRef` changes access bits through a shared reference.
unsafe impl<V: Send> Send for Table<V> {}

/// Where a key was about to be found, without any promise that it still is.
#[derive(Clone, Copy)]
#[cfg_attr(plain_memory, allow(dead_code))]
pub struct Whereabouts {
    head: Head,
    probe: Probe,
}

// SAFETY: nothing but hints goes through its pointer.
unsafe impl Send for Whereabouts {}

impl Whereabouts {
    /// Asks for the entry to be brought near, if the bucket is near already. The table need not
    /// be held: whatever has become of it, nothing follows but a hint.
    #[inline(always)]
    pub fn prefetch_entry(self) {
        #[cfg(not(plain_memory))]
        self.head.prefetch_entry(self.probe);
    }
}

impl<V: Perishable> Table<V> {
    /// An empty table for shard number `shard` of `1 << shard_bits`.
    pub fn new(hasher: Arc<PositionHasher>, shard: usize, shard_bits: u32) -> Table<V> {
        Table {
            directory: Vec::new(),
            segments: Vec::new(),
            depth: 0,
            skip: (64 - POSITION_BITS + shard_bits) as u8,
            // Tables of about the same size would otherwise all split at the same time, and none
            // of them would need the memory that another gives back.
            split_at: BUCKETS_MAX - 8 * (shard % 4),
            epoch: false,
            first: Position((shard as u64) << (POSITION_BITS - shard_bits)),
            len: 0,
            expiring: 0,
            perishing: 0,
            schedule: Schedule::default(),
            hasher,
            values: PhantomData,
        }
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of keys with a deadline.
    pub fn expiring(&self) -> usize {
        self.expiring
    }

    /// Number of values with parts that have deadlines.
    pub fn perishing(&self) -> usize {
        self.perishing
    }

    /// The epoch bit that new entries get.
    pub fn set_epoch(&mut self, epoch: bool) {
        self.epoch = epoch;
    }

    /// The entry of a key.
    #[inline(always)]
    pub fn get(&self, position: Position, key: &[u8]) -> Option<EntryRef<'_, V>> {
        let (head, place) = self.locate(position, key)?;
        head.bucket(place.bucket).entry(place.slot).map(EntryRef::new)
    }

    /// The entry of a key, for changing it.
    #[inline(always)]
    pub fn get_mut(&mut self, position: Position, key: &[u8]) -> Option<EntryMut<'_, V>> {
        let (head, place) = self.locate(position, key)?;
        let raw = head.bucket(place.bucket).entry(place.slot)?;
        let segment = head.index as usize;
        Some(EntryMut::new(self, segment, place, raw))
    }

    /// Adds a key that is not there yet.
    pub fn insert(
        &mut self,
        position: Position,
        key: &[u8],
        put: Put<'_, V>,
        expire_at_ms: Option<u64>,
    ) -> EntryRef<'_, V> {
        let raw = Raw::new(key, put, expire_at_ms, self.epoch);
        self.insert_raw(position, raw);
        EntryRef::new(raw)
    }

    fn insert_raw(&mut self, position: Position, raw: Raw<V>) {
        let q = self.left_aligned(position);
        if self.directory.is_empty() {
            self.segments.push(Segment::new(1, 0, 0, 0));
            self.directory.push(self.segments[0].head);
        }
        loop {
            let head = *self.head_of(q);
            let probe = head.probe(q, position.0 as u8);
            let segment = head.index as usize;
            if let Some(place) = self.segments[segment].place(probe, raw) {
                self.len += 1;
                if let Some(ms) = raw.deadline() {
                    self.expiring += 1;
                    self.note_deadline(segment, place.bucket, ms);
                }
                if let Some(ms) = raw.parts_due() {
                    self.perishing += 1;
                    self.note_deadline(segment, place.bucket, ms);
                }
                return;
            }
            self.make_room(segment);
        }
    }

    /// Takes a key out.
    pub fn remove(&mut self, position: Position, key: &[u8]) -> Option<OwnedEntry<V>> {
        let (head, place) = self.locate(position, key)?;
        let raw = head.bucket(place.bucket).entry(place.slot)?;
        let segment = head.index as usize;
        self.segments[segment].take(place);
        self.forget(raw);
        self.tidy(segment);
        Some(OwnedEntry::new(raw))
    }

    /// Takes an entry out of the counts.
    pub(super) fn forget(&mut self, raw: Raw<V>) {
        self.len -= 1;
        self.expiring -= usize::from(raw.deadline().is_some());
        self.perishing -= usize::from(raw.parts_due().is_some());
    }

    /// Asks for the bucket of a position to be brought near, and says where it is.
    #[inline(always)]
    pub fn prefetch_bucket(&self, position: Position) -> Option<Whereabouts> {
        let (head, probe) = self.probe_of(position)?;
        prefetch_read(head.bucket(probe.home));
        Some(Whereabouts { head: *head, probe })
    }

    /// Moves entries and buckets off pages that are set aside, in the segment of `from`, until
    /// about `limit` have moved. Gives where to go on; `None` at the end of the table.
    pub fn evacuate(
        &mut self,
        from: Position,
        limit: usize,
        evacuation: &Evacuation,
    ) -> Option<Position> {
        if self.directory.is_empty() {
            return None;
        }
        let index = self.segment_of(self.left_aligned(from));
        let segment = &self.segments[index];
        if segment.lies_in(evacuation)
            && let Some(moved) = segment.resized(segment.size())
        {
            self.install(index, moved);
        }
        let segment = &mut self.segments[index];
        let mut moved = 0;
        for bucket in 0..segment.size() {
            for slot in 0..SLOTS {
                let Some(raw) = segment.bucket(bucket).entry::<V>(slot) else { continue };
                if evacuation.contains(raw.at) {
                    segment.bucket_mut(bucket).replace(slot, raw.moved());
                    moved += 1;
                }
            }
            if moved >= limit {
                return Some(from);
            }
        }
        let next = segment.first_of_home(segment.size())?;
        Some(Position(self.first.0 | next >> self.skip))
    }

    /// Bytes that the table occupies beside its entries.
    pub fn allocated(&self) -> usize {
        let segments: usize = self.segments.iter().map(Segment::allocated).sum();
        segments + self.directory.capacity() * size_of::<Head>() + self.schedule.allocated()
    }

    /// Number of slots, used or not.
    pub fn slots(&self) -> usize {
        self.segments.iter().map(|segment| segment.size() * SLOTS).sum()
    }

    #[inline(always)]
    pub(super) fn left_aligned(&self, position: Position) -> u64 {
        position.0 << self.skip
    }

    #[inline(always)]
    pub(super) fn head_of(&self, q: u64) -> &Head {
        // A shift by 64 is not one by zero: the first bit goes first.
        &self.directory[(q >> 1 >> (63 - self.depth)) as usize]
    }

    /// Number of the segment whose range contains `q`.
    pub(super) fn segment_of(&self, q: u64) -> usize {
        self.head_of(q).index as usize
    }

    #[inline(always)]
    pub(super) fn probe_of(&self, position: Position) -> Option<(&Head, Probe)> {
        if self.directory.is_empty() {
            return None;
        }
        let q = self.left_aligned(position);
        let head = self.head_of(q);
        Some((head, head.probe(q, position.0 as u8)))
    }

    #[inline(always)]
    pub(super) fn locate(&self, position: Position, key: &[u8]) -> Option<(&Head, Place)> {
        let (head, probe) = self.probe_of(position)?;
        Some((head, head.find::<V>(probe, key)?))
    }

    pub(super) fn note_deadline(&mut self, segment: usize, bucket: usize, ms: u64) {
        let tick = tick_of(ms);
        let segment = &mut self.segments[segment];
        segment.note_deadline(bucket, tick);
        if tick < segment.scheduled {
            segment.scheduled = tick;
            self.schedule.push(tick, segment.start);
        }
    }

    /// Grows a full segment by one step, or splits it.
    fn make_room(&mut self, index: usize) {
        let segment = &self.segments[index];
        let next = next_size(segment.size()).filter(|&size| size <= self.split_at);
        let grown = next.and_then(|size| segment.resized(size));
        match grown {
            Some(grown) => self.install(index, grown),
            None => self.split(index),
        }
    }

    fn split(&mut self, index: usize) {
        let [left, right] = self.segments[index].halves().map(|half| self.rebase(half));
        if left.depth > self.depth {
            self.directory = self.directory.iter().flat_map(|&head| [head; 2]).collect();
            self.depth += 1;
        }
        if right.scheduled != NEVER {
            self.schedule.push(right.scheduled, right.start);
        }
        self.install(index, left);
        self.install(self.segments.len(), right);
    }

    /// Makes a segment number `index`, in place of the one that was there, and has the directory
    /// lead to it.
    fn install(&mut self, index: usize, mut segment: Segment) {
        segment.head.index = u32::try_from(index).expect("fewer than 2^32 segments");
        let from = (segment.start >> 1 >> (63 - self.depth)) as usize;
        let count = 1usize << (self.depth - segment.depth);
        self.directory[from..from + count].fill(segment.head);
        match self.segments.get_mut(index) {
            Some(old) => *old = segment,
            None => self.segments.push(segment),
        }
    }

    /// Refreshes the hash bits of a new half before splits have used up too many of them.
    fn rebase(&self, half: Segment) -> Segment {
        if u32::from(half.depth - half.window) < DRIFT_MAX {
            return half;
        }
        half.rebased::<V>(|key| self.hasher.position(key).0 << self.skip)
    }

    /// Frees the entries of up to so many segments, and gives their values away; whether nothing is
    /// left. From the first call on the table is good for nothing else.
    pub fn dismantle(&mut self, segments: usize, mut take: impl FnMut(Detached<V>)) -> bool {
        self.directory = Vec::new();
        self.depth = 0;
        self.expiring = 0;
        self.perishing = 0;
        self.schedule = Schedule::default();
        for _ in 0..segments {
            let Some(segment) = self.segments.pop() else { break };
            self.len -= usize::from(segment.len);
            segment.entries::<V>().for_each(|(_, raw)| take(raw.free()));
        }
        self.segments.is_empty()
    }

    /// Gives memory back after removals from a segment.
    pub(super) fn tidy(&mut self, index: usize) {
        if self.len == 0 {
            self.directory = Vec::new();
            self.segments = Vec::new();
            self.depth = 0;
            self.schedule = Schedule::default();
            return;
        }
        let segment = &self.segments[index];
        let len = usize::from(segment.len);
        if segment.size() == 1 && segment.depth == 0 || len * 20 >= segment.size() * SLOTS * 9 {
            return;
        }
        if self.merge(index) {
            return;
        }
        let size = size_for(len);
        if size < self.segments[index].size()
            && let Some(smaller) = self.segments[index].resized(size)
        {
            self.install(index, smaller);
        }
    }

    /// Joins a sparse segment with the other half of the range that they came from.
    fn merge(&mut self, index: usize) -> bool {
        let segment = &self.segments[index];
        if segment.depth == 0 {
            return false;
        }
        let other_start = segment.start ^ 1 << (64 - segment.depth);
        let other_index = self.segment_of(other_start);
        let other = &self.segments[other_index];
        let sum = usize::from(segment.len) + usize::from(other.len);
        if other.depth != segment.depth || sum * 100 > Segment::LEN_MAX * 45 {
            return false;
        }
        let Some(joined) = self.join(index, other_index, size_for(sum)) else { return false };
        if joined.scheduled != NEVER {
            self.schedule.push(joined.scheduled, joined.start);
        }
        self.install(index, joined);
        // The last segment takes the number that became free.
        let last = self.segments.pop();
        if let Some(last) = last
            && other_index < self.segments.len()
        {
            self.install(other_index, last);
        }
        self.halve_directory();
        true
    }

    fn join(&self, one: usize, two: usize, size: usize) -> Option<Segment> {
        let left_aligned = |key: &[u8]| self.hasher.position(key).0 << self.skip;
        self.segments[one].joined::<V>(&self.segments[two], size, left_aligned)
    }

    fn halve_directory(&mut self) {
        while self.depth > 0 && self.segments.iter().all(|segment| segment.depth < self.depth) {
            self.directory = self.directory.iter().step_by(2).copied().collect();
            self.depth -= 1;
        }
        if self.segments.capacity() > 2 * self.segments.len() + 8 {
            self.segments.shrink_to_fit();
        }
    }
}

impl<V> Drop for Table<V> {
    fn drop(&mut self) {
        for segment in &self.segments {
            for (_, raw) in segment.entries::<V>() {
                drop(raw.free());
            }
        }
    }
}
