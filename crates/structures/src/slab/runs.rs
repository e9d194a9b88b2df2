//! Runs of 1 to 16 units of 256 bytes, for arrays of buckets.
//!
//! All tables grow at about the same pace, so they give thousands of arrays of one size back
//! while they ask for the next. In pages of one size each the last array would keep its page; here
//! the room that arrays leave joins, whatever their sizes.
//!
//! # Invariants
//!
//! 1. Bit `i` of `free` is set while unit `i` of the page is free; the units of page 0 of a region
//!    that its heads occupy never are.
//! 2. A page stands in the list for its longest run of free units, of which those above
//!    `UNITS_MAX` count as that; a full page in none.

use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard};

use super::list::{Linked, List, Neighbours};
use super::page::{HEADS_BYTES, PAGE_BYTES, REGION_BYTES, head_of};
use super::region;

pub(super) const UNIT_BYTES: usize = 256;
/// Units of the longest run: 4 KiB.
const UNITS_MAX: usize = 16;
const _: () = assert!(PAGE_BYTES / UNIT_BYTES == u128::BITS as usize);

static RUNS: Mutex<Runs> = Mutex::new(Runs::EMPTY);

struct Runs {
    /// Pages by their longest run of free units, from one on.
    lists: [List<Page>; UNITS_MAX],
    live: usize,
}

/// The head of a page of runs.
pub(super) struct Page {
    neighbours: Neighbours<Page>,
    memory: NonNull<u8>,
    free: u128,
    unused: u128,
}

// SAFETY: the field is the page's own.
unsafe impl Linked for Page {
    fn neighbours(&mut self) -> &mut Neighbours<Page> {
        &mut self.neighbours
    }
}

// SAFETY: the pages belong to the lists, and units that are free to them.
unsafe impl Send for Runs {}

/// A run of 1 to 16 units.
pub(super) fn take(units: usize) -> NonNull<u8> {
    lock().take(units)
}

/// Takes a run back.
///
/// # Safety
///
/// It comes from `take` with this many units, and nobody uses it any more.
pub(super) unsafe fn put(at: NonNull<u8>, units: usize) {
    // SAFETY: the caller's contract.
    unsafe { lock().put(at, units) };
}

/// Bytes of the runs that are in use.
pub(super) fn live_bytes() -> usize {
    lock().live * UNIT_BYTES
}

fn lock() -> MutexGuard<'static, Runs> {
    RUNS.lock().expect("nobody panics while holding it")
}

impl Runs {
    const EMPTY: Runs = Runs { lists: [const { List::EMPTY }; UNITS_MAX], live: 0 };

    fn take(&mut self, units: usize) -> NonNull<u8> {
        let roomy = self.lists[units - 1..].iter().find_map(List::first);
        let mut page = roomy.unwrap_or_else(|| self.grow());
        self.live += units;
        // SAFETY: pages in lists live, and the lock is held.
        let head = unsafe { page.as_mut() };
        let before = longest(head.free);
        let unit = starts(head.free, units).trailing_zeros();
        head.free &= !(mask(units) << unit);
        let at = head.memory;
        self.relist(page, before);
        // SAFETY: within the page.
        unsafe { at.add(unit as usize * UNIT_BYTES) }
    }

    /// # Safety
    ///
    /// As for `put`.
    unsafe fn put(&mut self, at: NonNull<u8>, units: usize) {
        let mut page: NonNull<Page> = head_of(at).cast();
        self.live -= units;
        // SAFETY: the run's page lives, and the lock is held.
        let head = unsafe { page.as_mut() };
        let before = longest(head.free);
        let unit = (at.as_ptr().addr() % PAGE_BYTES) / UNIT_BYTES;
        head.free |= mask(units) << unit;
        let (is_empty, memory) = (head.free == head.unused, head.memory);
        self.relist(page, before);
        if is_empty {
            self.lists[UNITS_MAX - 1].unlink(page);
            // SAFETY: all units are free, and the page left its list.
            unsafe { region::give_page(memory) };
        }
    }

    fn relist(&mut self, page: NonNull<Page>, before: usize) {
        // SAFETY: as above.
        let after = longest(unsafe { page.as_ref() }.free);
        if before == after {
            return;
        }
        if before > 0 {
            self.lists[before - 1].unlink(page);
        }
        if after > 0 {
            self.lists[after - 1].link(page);
        }
    }

    fn grow(&mut self) -> NonNull<Page> {
        let memory = region::take_page();
        let first = memory.as_ptr().addr().is_multiple_of(REGION_BYTES);
        let heads = if first { HEADS_BYTES / UNIT_BYTES } else { 0 };
        let unused = u128::MAX << heads;
        let page = head_of(memory).cast();
        let head = Page { neighbours: Neighbours::NONE, memory, free: unused, unused };
        // SAFETY: the place of this page's head, aligned, and nobody else's.
        unsafe { page.write(head) };
        self.lists[UNITS_MAX - 1].link(page);
        page
    }
}

fn mask(units: usize) -> u128 {
    (1 << units) - 1
}

/// The units at which a free run of that length begins.
fn starts(free: u128, units: usize) -> u128 {
    (1..units).fold(free, |starts, _| starts & starts >> 1)
}

/// The longest run of free units, which counts up to `UNITS_MAX`.
fn longest(free: u128) -> usize {
    let mut starts = free;
    for units in 0..UNITS_MAX {
        if starts == 0 {
            return units;
        }
        starts &= starts >> 1;
    }
    UNITS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_and_measured_as_bit_by_bit() {
        let mut state = 0x1234_5678_9ABC_DEF1u64;
        for _ in 0..10_000 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let free = u128::from(state | state >> 3) << 64 | u128::from(state.rotate_left(9));
            let run_at = |at: usize| (at..128).take_while(|&i| free >> i & 1 == 1).count();
            let best = (0..128).map(run_at).max().unwrap_or(0);
            assert_eq!(longest(free), best.min(UNITS_MAX));
            for units in 1..=UNITS_MAX {
                let expected = (0..128).filter(|&at| run_at(at) >= units).map(|at| 1 << at).sum();
                assert_eq!(starts(free, units), expected, "{free:b} {units}");
            }
        }
    }

    #[test]
    fn room_joins_whatever_the_sizes() {
        let mut runs = Runs::EMPTY;
        let small: Vec<_> = (0..640).map(|_| runs.take(6)).collect();
        let pages = |runs: &[NonNull<u8>]| {
            let page = |at: &NonNull<u8>| at.as_ptr().addr() / PAGE_BYTES;
            runs.iter().map(page).collect::<std::collections::BTreeSet<_>>().len()
        };
        let before = pages(&small);
        let mut large = Vec::new();
        for at in small {
            // SAFETY: taken above with six units.
            unsafe { runs.put(at, 6) };
            if large.len() < 540 {
                large.push(runs.take(7));
            }
        }
        assert!(pages(&large) <= before + 2, "{} pages for {before}", pages(&large));
        // SAFETY: taken above with seven units.
        large.into_iter().for_each(|at| unsafe { runs.put(at, 7) });
        assert!(runs.lists.iter().all(|list| list.first().is_none()) && runs.live == 0);
    }
}
