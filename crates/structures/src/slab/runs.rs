//! Runs of 1 to 32 units of 256 bytes, for arrays of buckets and segments of collections.
//!
//! All tables grow at about the same pace, so they give thousands of arrays of one size back
//! while they ask for the next. In pages of one size each the last array would keep its page; here
//! the room that arrays leave joins, whatever their sizes. So it is with the segments of many
//! collections.
//!
//! Buckets move when their pages are sparse, segments of collections do not: so they have pages of
//! their own, which are never set aside.
//!
//! # Invariants
//!
//! 1. Bit `i` of `free` is set while unit `i` of the page is free; the units of page 0 of a region
//!    that its heads occupy never are.
//! 2. A page stands in the list for its longest run of free units, of which those above
//!    `UNITS_MAX` count as that; a full page in none, one that is set aside in a list of its own.

use std::collections::HashSet;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard};

use super::evacuation::{WORTH_MOVING, number_of};
use super::list::{Linked, List, Neighbours};
use super::page::{HEADS_BYTES, PAGE_BYTES, REGION_BYTES, head_of};
use super::region;

pub(super) const UNIT_BYTES: usize = 256;
/// Units of the longest run: 8 KiB.
const UNITS_MAX: usize = 32;
const _: () = assert!(PAGE_BYTES / UNIT_BYTES == u128::BITS as usize);

static BUCKETS: Mutex<Runs> = Mutex::new(Runs::EMPTY);
static SEGMENTS: Mutex<Runs> = Mutex::new(Runs::EMPTY);

/// What a run is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Purpose {
    /// Buckets of tables, which move off sparse pages.
    Buckets,
    /// Segments of collections, which do not.
    Segments,
}

struct Runs {
    /// Pages by their longest run of free units, from one on.
    lists: [List<Page>; UNITS_MAX],
    set_aside: List<Page>,
    live: usize,
    pages: usize,
}

/// The head of a page of runs.
pub(super) struct Page {
    neighbours: Neighbours<Page>,
    memory: NonNull<u8>,
    free: u128,
    unused: u128,
    is_set_aside: bool,
    /// The longest run of free units.
    longest: u8,
}

// SAFETY: the field is the page's own.
unsafe impl Linked for Page {
    fn neighbours(&mut self) -> &mut Neighbours<Page> {
        &mut self.neighbours
    }
}

// SAFETY: the pages belong to the lists, and units that are free to them.
unsafe impl Send for Runs {}

/// Sets sparse pages aside; their numbers are added.
pub(super) fn set_aside(pages: &mut HashSet<usize>) {
    lock(Purpose::Buckets).set_sparse_aside(pages);
}

/// Uses pages again that were set aside.
pub(super) fn take_back() {
    lock(Purpose::Buckets).take_back();
}

/// A run of 1 to 32 units.
pub(super) fn take(purpose: Purpose, units: usize) -> NonNull<u8> {
    lock(purpose).take(units)
}

/// Takes a run back.
///
/// # Safety
///
/// It comes from `take` with this purpose and so many units, and nobody uses it any more.
pub(super) unsafe fn put(purpose: Purpose, at: NonNull<u8>, units: usize) {
    // SAFETY: the caller's contract.
    unsafe { lock(purpose).put(at, units) };
}

/// Bytes of the runs that are in use, and of what is free between those that never move.
pub(super) fn live_and_stuck_bytes() -> (usize, usize) {
    let buckets = lock(Purpose::Buckets).live * UNIT_BYTES;
    let segments = lock(Purpose::Segments);
    let live = segments.live * UNIT_BYTES;
    (buckets + live, segments.pages * PAGE_BYTES - live)
}

fn lock(purpose: Purpose) -> MutexGuard<'static, Runs> {
    let runs = match purpose {
        Purpose::Buckets => &BUCKETS,
        Purpose::Segments => &SEGMENTS,
    };
    runs.lock().expect("nobody panics while holding it")
}

impl Runs {
    const EMPTY: Runs = Runs {
        lists: [const { List::EMPTY }; UNITS_MAX],
        set_aside: List::EMPTY,
        live: 0,
        pages: 0,
    };

    fn take(&mut self, units: usize) -> NonNull<u8> {
        let roomy = self.lists[units - 1..].iter().find_map(List::first);
        let mut page = roomy.unwrap_or_else(|| self.grow());
        self.live += units;
        // SAFETY: pages in lists live, and the lock is held.
        let head = unsafe { page.as_mut() };
        let unit = starts(head.free, units).trailing_zeros();
        head.free &= !(mask(units) << unit);
        let at = head.memory;
        self.relist(page);
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
        let unit = (at.as_ptr().addr() % PAGE_BYTES) / UNIT_BYTES;
        head.free |= mask(units) << unit;
        let is_empty = head.free == head.unused && !head.is_set_aside;
        self.relist(page);
        if is_empty {
            self.lists[UNITS_MAX - 1].unlink(page);
            // SAFETY: all units are free, and the page left its list.
            unsafe { self.give(page) };
        }
    }

    /// Gives a page back.
    ///
    /// # Safety
    ///
    /// All of its units are free, and it is in no list.
    unsafe fn give(&mut self, page: NonNull<Page>) {
        self.pages -= 1;
        // SAFETY: pages live until here, the lock is held, and nobody uses a unit.
        unsafe { region::give_page(page.as_ref().memory) };
    }

    fn list_of(&mut self, page: NonNull<Page>) -> Option<&mut List<Page>> {
        // SAFETY: the page lives, and the lock is held.
        let head = unsafe { page.as_ref() };
        if head.is_set_aside {
            return Some(&mut self.set_aside);
        }
        usize::from(head.longest).checked_sub(1).map(|at| &mut self.lists[at])
    }

    /// Sets pages aside that are less than half in use, if there are enough of them.
    fn set_sparse_aside(&mut self, pages: &mut HashSet<usize>) {
        let mut sparse = Vec::new();
        for list in &self.lists {
            let all = std::iter::successors(list.first(), |&page| List::behind(page));
            // SAFETY: pages in lists live, and the lock is held.
            sparse.extend(all.filter(|page| unsafe { page.as_ref() }.is_sparse()));
        }
        if sparse.len() < WORTH_MOVING {
            return;
        }
        for mut page in sparse {
            self.list_of(page).expect("it was found in a list").unlink(page);
            // SAFETY: as above.
            let head = unsafe { page.as_mut() };
            head.is_set_aside = true;
            pages.insert(number_of(head.memory));
            self.set_aside.link(page);
        }
    }

    fn take_back(&mut self) {
        while let Some(mut page) = self.set_aside.first() {
            self.set_aside.unlink(page);
            // SAFETY: as above.
            let head = unsafe { page.as_mut() };
            head.is_set_aside = false;
            if head.free == head.unused {
                // SAFETY: all units are free, and the page left its list.
                unsafe { self.give(page) };
            } else {
                self.list_of(page).expect("a sparse page is not full").link(page);
            }
        }
    }

    /// Puts a page into the list where it belongs now.
    fn relist(&mut self, mut page: NonNull<Page>) {
        // SAFETY: as above.
        let head = unsafe { page.as_mut() };
        let (before, after) = (usize::from(head.longest), longest(head.free));
        head.longest = after as u8;
        if before == after || head.is_set_aside {
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
        let head = Page {
            neighbours: Neighbours::NONE,
            memory,
            free: unused,
            unused,
            is_set_aside: false,
            longest: UNITS_MAX as u8,
        };
        // SAFETY: the place of this page's head, aligned, and nobody else's.
        unsafe { page.write(head) };
        self.lists[UNITS_MAX - 1].link(page);
        self.pages += 1;
        page
    }
}

impl Page {
    fn is_sparse(&self) -> bool {
        self.free.count_ones() * 2 > self.unused.count_ones()
    }
}

fn mask(units: usize) -> u128 {
    (1 << units) - 1
}

/// The units at which a free run of that length begins.
fn starts(free: u128, units: usize) -> u128 {
    // Where a run of `length` begins here and one of `more` behind it, one of both begins.
    let (mut starts, mut length) = (free, 1);
    while length < units {
        let more = length.min(units - length);
        starts &= starts >> more;
        length += more;
    }
    starts
}

/// The longest run of free units, which counts up to `UNITS_MAX`.
fn longest(free: u128) -> usize {
    // The runs of 1, 2, 4 ... units, then the longest that is a sum of them.
    const POWERS: usize = UNITS_MAX.ilog2() as usize + 1;
    let mut runs = [free; POWERS];
    for power in 1..POWERS {
        runs[power] = runs[power - 1] & runs[power - 1] >> (1 << (power - 1));
    }
    let (mut starts, mut length) = (u128::MAX, 0);
    for power in (0..POWERS).rev() {
        let longer = starts & runs[power] >> length;
        if longer != 0 && length + (1 << power) <= UNITS_MAX {
            (starts, length) = (longer, length + (1 << power));
        }
    }
    length
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
