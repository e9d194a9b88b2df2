//! Which keys are due, without sampling: a schedule of segments by their earliest deadline.
//!
//! Deadlines are rounded down to ticks of 32 ms. A segment with expiring keys stands in the
//! schedule under the earliest tick of its buckets; when that is past, only the buckets whose tick
//! is past are read. The ticks are lower bounds (moving a slot carries its bucket's tick along),
//! so a visit may find nothing yet, and then sets them right. A value with parts that have
//! deadlines of their own (see `perishable`) stands there too, under the next of them.
//!
//! A schedule of keys would cost 16 bytes and a cache miss for each; this one costs less than a
//! byte a key.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::bucket::SLOTS;
use super::entry_mut::EntryMut;
use super::map::Table;
use super::perishable::Perishable;
use super::segment::{NEVER, Place};
use crate::entry::OwnedEntry;

/// Start of the ticks, 2026-01-01, in milliseconds since 1970.
const TICK_BASE_MS: u64 = 1_767_225_600_000;
const TICK_BITS: u32 = 5;

/// The tick of a moment; moments more than four years past the base share the last one.
pub(super) fn tick_of(ms: u64) -> u32 {
    let ticks = ms.saturating_sub(TICK_BASE_MS) >> TICK_BITS;
    u32::try_from(ticks).map_or(NEVER - 1, |tick| tick.min(NEVER - 1))
}

/// Segments, by start of range, in the order in which they fall due.
#[derive(Default)]
pub(super) struct Schedule(BinaryHeap<Reverse<(u32, u64)>>);

impl Schedule {
    pub(super) fn push(&mut self, tick: u32, start: u64) {
        self.0.push(Reverse((tick, start)));
    }

    pub(super) fn allocated(&self) -> usize {
        self.0.capacity() * 16
    }

    fn pop_before(&mut self, now: u32) -> Option<(u32, u64)> {
        let Reverse((tick, _)) = *self.0.peek()?;
        if tick >= now {
            return None;
        }
        self.0.pop().map(|Reverse(item)| item)
    }
}

/// What `expire_due` has found.
pub enum Due<'e, 't, V: Perishable> {
    /// A key is past its deadline; it has left the table.
    Key(OwnedEntry<V>),
    /// Parts of a value are past theirs. Who gets this takes some out, and says whether nothing of
    /// the value is left.
    Parts(&'e mut EntryMut<'t, V>),
    /// Nothing was left of a value; its key has left the table.
    Emptied(OwnedEntry<V>),
}

impl<V: Perishable> Table<V> {
    /// Takes out keys whose deadline is at or before `now_ms`, and has parts of values taken out,
    /// until about `limit` entries were looked at. Says whether there may be more of them. The
    /// answer of `due` counts for `Due::Parts` alone.
    pub fn expire_due(
        &mut self,
        now_ms: u64,
        limit: usize,
        due: &mut dyn FnMut(Due<'_, '_, V>) -> bool,
    ) -> bool {
        let now = tick_of(now_ms);
        let mut seen = 0;
        while let Some((tick, start)) = self.schedule.pop_before(now) {
            let segment = self.segment_of(start);
            if self.segments[segment].scheduled != tick {
                continue;
            }
            let done = self.expire_segment(segment, now_ms, (&mut seen, limit), due);
            let next = if done { self.segments[segment].first_deadline() } else { tick };
            self.segments[segment].scheduled = next;
            if next != NEVER {
                let start = self.segments[segment].start;
                self.schedule.push(next, start);
            }
            self.tidy(segment);
            if !done || self.is_empty() {
                return !done;
            }
        }
        false
    }

    /// When `expire_due` next finds something to do, in milliseconds; a lower bound.
    pub fn next_due_ms(&self) -> Option<u64> {
        let Reverse((tick, _)) = *self.schedule.0.peek()?;
        Some(TICK_BASE_MS + ((u64::from(tick) + 1) << TICK_BITS))
    }

    fn expire_segment(
        &mut self,
        segment: usize,
        now_ms: u64,
        (seen, limit): (&mut usize, usize),
        due: &mut dyn FnMut(Due<'_, '_, V>) -> bool,
    ) -> bool {
        let now = tick_of(now_ms);
        let mut done = true;
        for bucket in 0..self.segments[segment].deadlines.len() {
            if self.segments[segment].deadlines[bucket] >= now {
                continue;
            }
            if *seen >= limit {
                return false;
            }
            *seen += SLOTS;
            let mut earliest = NEVER;
            for slot in 0..SLOTS {
                let next = self.expire_slot((segment, Place { bucket, slot }), now_ms, due);
                done &= next.is_none_or(|ms| ms > now_ms);
                earliest = earliest.min(next.map_or(NEVER, tick_of));
            }
            self.segments[segment].deadlines[bucket] = earliest;
        }
        done
    }

    /// Looks at one slot, and says when to come back.
    fn expire_slot(
        &mut self,
        (segment, place): (usize, Place),
        now_ms: u64,
        due: &mut dyn FnMut(Due<'_, '_, V>) -> bool,
    ) -> Option<u64> {
        let raw = self.segments[segment].bucket(place.bucket).entry::<V>(place.slot)?;
        if raw.deadline().is_some_and(|ms| ms <= now_ms) {
            self.segments[segment].take(place);
            self.forget(raw);
            due(Due::Key(OwnedEntry::new(raw)));
            return None;
        }
        if raw.parts_due().is_some_and(|ms| ms <= now_ms) {
            let mut entry = EntryMut::new(self, segment, place, raw);
            let emptied = due(Due::Parts(&mut entry));
            drop(entry);
            if emptied {
                self.segments[segment].take(place);
                self.forget(raw);
                due(Due::Emptied(OwnedEntry::new(raw)));
                return None;
            }
        }
        [raw.deadline(), raw.parts_due()].into_iter().flatten().min()
    }
}
