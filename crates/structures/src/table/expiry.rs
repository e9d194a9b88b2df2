//! Which keys are due, without sampling: a schedule of segments by their earliest deadline.
//!
//! Deadlines are rounded down to ticks of 32 ms. A segment with expiring keys stands in the
//! schedule under the earliest tick of its buckets; when that is past, only the buckets whose tick
//! is past are read. The ticks are lower bounds (moving a slot carries its bucket's tick along),
//! so a visit may find nothing yet, and then sets them right. A schedule of keys would cost 16
//! bytes and a cache miss for each; this one costs less than a byte a key.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::bucket::SLOTS;
use super::map::Table;
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

impl<V> Table<V> {
    /// Takes out keys whose deadline is at or before `now_ms`, until about `limit` entries were
    /// looked at. Says whether there may be more of them.
    pub fn expire_due(
        &mut self,
        now_ms: u64,
        limit: usize,
        expired: &mut dyn FnMut(OwnedEntry<V>),
    ) -> bool {
        let now = tick_of(now_ms);
        let mut seen = 0;
        while let Some((tick, start)) = self.schedule.pop_before(now) {
            let segment = self.segment_of(start);
            if self.segments[segment].scheduled != tick {
                continue;
            }
            let done = self.expire_segment(segment, now_ms, (&mut seen, limit), expired);
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
        expired: &mut dyn FnMut(OwnedEntry<V>),
    ) -> bool {
        let now = tick_of(now_ms);
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
                let Some(raw) = self.segments[segment].bucket(bucket).entry::<V>(slot) else {
                    continue;
                };
                match raw.deadline() {
                    Some(ms) if ms <= now_ms => {
                        self.segments[segment].take(Place { bucket, slot });
                        self.forget(raw);
                        expired(OwnedEntry::new(raw));
                    }
                    Some(ms) => earliest = earliest.min(tick_of(ms)),
                    None => {}
                }
            }
            self.segments[segment].deadlines[bucket] = earliest;
        }
        true
    }
}
