//! Regions of the size of a huge page, cut into pages.
//!
//! Regions are mapped many at once and never unmapped: what is given back is their memory. Pages
//! are taken from the region with the lowest address that has one, so that the others may become
//! free. So do the free pages of regions that are mostly free, some at a time (`tidy`): such a huge
//! page is not worth what it holds.
//!
//! The first touch of a huge page takes the kernel 200 us, and several milliseconds where the
//! machine is virtual and its host has to find the memory too. A thread of its own (`keep`) sees to
//! it that one free region has memory already, and two where many are in use. What is free beyond
//! them goes back bit by bit, half of it ten times a second: tables that grow free regions and ask
//! for them again.
//!
//! A general allocator was tried for them: it leaves holes between blocks that are aligned to 2
//! MiB, and the kernel fills the holes when it makes huge pages of them.
//!
//! # Invariants
//!
//! 1. `regions` holds every region with memory, by address; bit `i` of `free` is set while page `i`
//!    is free, and of `dry` while it has no memory, besides.
//! 2. `spare` holds the addresses of those of which all pages are free, `roomy` of those of which
//!    some are, `vacant` of those without memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr::NonNull;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

use super::page::{PAGE_BYTES, REGION_BYTES};

/// Regions that are mapped at once.
const SPAN: usize = 32;
/// The most free regions that keep their memory.
const SPARE_MAX: usize = 2;
/// So many regions in use are worth a spare one.
const USED_FOR_ONE: usize = 16;
/// How often half of what is free beyond them goes back.
const GIVE_BACK_EVERY: Duration = Duration::from_millis(100);
/// The smallest page that a kernel hands out.
const SYSTEM_PAGE_BYTES: usize = 4 << 10;
const ALL_FREE: u64 = u64::MAX;
const _: () = assert!(REGION_BYTES / PAGE_BYTES == ALL_FREE.count_ones() as usize);

static REGIONS: Mutex<Regions> = Mutex::new(Regions::EMPTY);
/// Told when there are fewer spare regions than there should be, and when there are more.
static UNEVEN: Condvar = Condvar::new();

struct Regions {
    regions: BTreeMap<usize, Pages>,
    spare: BTreeSet<usize>,
    roomy: BTreeSet<usize>,
    vacant: BTreeSet<usize>,
    /// Pages without memory in the others.
    dry: usize,
    /// Where `tidy` goes on.
    cursor: usize,
}

/// The pages of a region.
#[derive(Clone, Copy)]
struct Pages {
    free: u64,
    dry: u64,
}

/// Memory for one page.
pub(super) fn take_page() -> NonNull<u8> {
    lock().take()
}

/// Takes the memory of a page back.
///
/// # Safety
///
/// It comes from `take_page`, and nobody uses it any more.
pub(super) unsafe fn give_page(at: NonNull<u8>) {
    lock().give(at);
}

/// Bytes of the regions that have memory and a page in use.
pub(super) fn resident_bytes() -> usize {
    let regions = lock();
    (regions.regions.len() - regions.spare.len()) * REGION_BYTES - regions.dry * PAGE_BYTES
}

/// Keeps spare regions at hand and gives back what is free beyond them, for ever.
pub(super) fn keep() -> ! {
    loop {
        while prepare() {}
        wait();
        let surplus = lock().surplus();
        give_back(surplus.div_ceil(2));
    }
}

/// Gives memory to a spare region, if one more is wanted.
fn prepare() -> bool {
    let mut regions = lock();
    if regions.spare.len() >= regions.spare_wanted() {
        return false;
    }
    let region = regions.vacate();
    drop(regions);
    touch(region);
    lock().add(region);
    true
}

/// Until spare regions are missing, or too many for a while.
fn wait() {
    let is_even = |regions: &mut Regions| regions.spare.len() == regions.spare_wanted();
    let uneven = UNEVEN.wait_while(lock(), is_even);
    let regions = uneven.expect("nobody panics while holding it");
    let too_many = |regions: &mut Regions| regions.spare.len() >= regions.spare_wanted();
    drop(UNEVEN.wait_timeout_while(regions, GIVE_BACK_EVERY, too_many));
}

/// Gives the memory of free regions back that nobody waits for.
pub(super) fn give_back_spare() {
    let surplus = lock().surplus();
    give_back(surplus);
}

/// Gives the memory of up to so many free regions back.
fn give_back(count: usize) {
    for _ in 0..count {
        let Some(region) = lock().remove_spare() else { return };
        // SAFETY: all pages of the region are free, and it left the maps.
        unsafe { discard(region, REGION_BYTES) };
        lock().vacant.insert(region);
    }
}

/// Gives the memory of free pages back, in up to so many regions that are mostly free.
pub(super) fn tidy(most: usize) {
    let mut regions = lock();
    for _ in 0..most {
        regions.tidy_one();
    }
}

fn lock() -> MutexGuard<'static, Regions> {
    REGIONS.lock().expect("nobody panics while holding it")
}

impl Regions {
    const EMPTY: Regions = Regions {
        regions: BTreeMap::new(),
        spare: BTreeSet::new(),
        roomy: BTreeSet::new(),
        vacant: BTreeSet::new(),
        dry: 0,
        cursor: 0,
    };

    /// Free regions that should have memory: with those in use at least two have it, and of the
    /// others one of sixteen.
    fn spare_wanted(&self) -> usize {
        let used = self.regions.len() - self.spare.len();
        let at_least = if used == 0 { SPARE_MAX } else { 1 };
        (used / USED_FOR_ONE).clamp(at_least, SPARE_MAX)
    }

    fn surplus(&self) -> usize {
        self.spare.len().saturating_sub(self.spare_wanted())
    }

    fn take(&mut self) -> NonNull<u8> {
        let region = self.roomy.first().copied().unwrap_or_else(|| self.open());
        let pages = self.regions.get_mut(&region).expect("what has room is there (invariant 2)");
        let page = pages.free.trailing_zeros() as usize;
        pages.free &= pages.free - 1;
        self.dry -= (pages.dry >> page & 1) as usize;
        pages.dry &= !(1 << page);
        if pages.free == 0 {
            self.roomy.remove(&region);
        }
        let at = std::ptr::with_exposed_provenance_mut(region + page * PAGE_BYTES);
        NonNull::new(at).expect("inside of a region")
    }

    /// Begins to take pages from a free region.
    fn open(&mut self) -> usize {
        if self.spare.is_empty() {
            let region = self.vacate();
            self.add(region);
        }
        let region = self.spare.pop_first().expect("one was added if there was none");
        if self.spare.len() != self.spare_wanted() {
            UNEVEN.notify_one();
        }
        self.roomy.insert(region);
        region
    }

    /// A region without memory, which its taker gives to it.
    fn vacate(&mut self) -> usize {
        self.vacant.pop_first().unwrap_or_else(|| {
            let first = map_span();
            self.vacant.extend((1..SPAN).map(|i| first + i * REGION_BYTES));
            first
        })
    }

    fn add(&mut self, region: usize) {
        self.regions.insert(region, Pages { free: ALL_FREE, dry: 0 });
        self.spare.insert(region);
    }

    fn give(&mut self, at: NonNull<u8>) {
        let address = at.as_ptr().addr();
        let region = address & !(REGION_BYTES - 1);
        let pages = self.regions.get_mut(&region).expect("a page lies in a region (invariant 1)");
        pages.free |= 1 << ((address - region) / PAGE_BYTES);
        if pages.free != ALL_FREE {
            self.roomy.insert(region);
            return;
        }
        // Its dry pages are no gaps any more.
        self.dry -= pages.dry.count_ones() as usize;
        pages.dry = 0;
        self.roomy.remove(&region);
        self.spare.insert(region);
        if self.spare.len() != self.spare_wanted() {
            UNEVEN.notify_one();
        }
    }

    fn remove_spare(&mut self) -> Option<usize> {
        let region = self.spare.pop_last()?;
        self.regions.remove(&region);
        Some(region)
    }

    fn tidy_one(&mut self) {
        // The pages of the first one are the next to be used.
        let mut others = self.roomy.range(self.cursor..).chain(self.roomy.range(..)).copied();
        let Some(region) = others.find(|region| Some(region) != self.roomy.first()) else { return };
        self.cursor = region + 1;
        let pages = self.regions.get_mut(&region).expect("what has room is there (invariant 2)");
        let idle = pages.free & !pages.dry;
        // The first page shares its memory with the heads of all.
        let idle = idle & !1;
        if pages.free.count_ones() < 32 || idle.count_ones() < 8 {
            return;
        }
        for page in (0..64).filter(|page| idle >> page & 1 == 1) {
            // SAFETY: the page is free, and the lock is held.
            unsafe { discard(region + page * PAGE_BYTES, PAGE_BYTES) };
        }
        pages.dry |= idle;
        self.dry += idle.count_ones() as usize;
    }
}

/// Maps regions; gives the address of the first of `SPAN`.
fn map_span() -> usize {
    // One more, so that some address inside is aligned.
    let bytes = (SPAN + 1) * REGION_BYTES;
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: new memory, of which nothing is known to anybody else.
    let mapped = unsafe { mmap_anonymous(std::ptr::null_mut(), bytes, access, MapFlags::PRIVATE) };
    let Ok(at) = mapped else {
        std::alloc::handle_alloc_error(std::alloc::Layout::new::<[u8; REGION_BYTES]>())
    };
    let first = at.expose_provenance().next_multiple_of(REGION_BYTES);
    prefer_huge_pages(first, SPAN * REGION_BYTES);
    first
}

/// Lets the kernel find memory for a region that is all free.
fn touch(region: usize) {
    for offset in (0..REGION_BYTES).step_by(SYSTEM_PAGE_BYTES) {
        let at: *mut u8 = std::ptr::with_exposed_provenance_mut(region + offset);
        // SAFETY: inside of the region, which is mapped and which nobody else uses.
        unsafe { at.write_volatile(0) };
    }
}

/// Asks for huge pages where whole ones lie inside.
#[cfg(target_os = "linux")]
pub(crate) fn prefer_huge_pages(at: usize, bytes: usize) {
    use rustix::mm::{Advice, madvise};
    let at = std::ptr::with_exposed_provenance_mut(at);
    // SAFETY: a hint that changes no content. A kernel without huge pages refuses it.
    let _ = unsafe { madvise(at, bytes, Advice::LinuxHugepage) };
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn prefer_huge_pages(_at: usize, _bytes: usize) {}

/// Gives memory back to the system; the addresses stay ours.
///
/// # Safety
///
/// They lie in a region, and nobody uses them.
unsafe fn discard(address: usize, bytes: usize) {
    use rustix::mm::{Advice, madvise};
    #[cfg(target_os = "linux")]
    let advice = Advice::LinuxDontNeed;
    #[cfg(not(target_os = "linux"))]
    let advice = Advice::DontNeed;
    let at = std::ptr::with_exposed_provenance_mut(address);
    // SAFETY: the caller's contract; a region is a part of a mapping of ours. Where the call
    // fails, the memory stays and is used again.
    let _ = unsafe { madvise(at, bytes, advice) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_come_from_the_lowest_region_and_free_regions_are_spare() {
        let mut regions = Regions::EMPTY;
        let per_region = REGION_BYTES / PAGE_BYTES;
        let mut pages: Vec<_> = (0..3 * per_region).map(|_| regions.take()).collect();
        let sizes =
            |regions: &Regions| (regions.regions.len(), regions.roomy.len(), regions.spare.len());
        assert_eq!(sizes(&regions), (3, 0, 0));
        let distinct: BTreeSet<_> = pages.iter().map(|page| page.as_ptr().addr()).collect();
        assert_eq!(distinct.len(), pages.len());
        pages.sort();
        regions.give(pages[per_region]);
        regions.give(pages[0]);
        assert_eq!(regions.take(), pages[0]);
        let others = pages.iter().enumerate().filter(|(i, _)| *i != per_region);
        others.for_each(|(_, &page)| regions.give(page));
        assert_eq!(sizes(&regions), (3, 0, 3));
        let gone = regions.remove_spare().into_iter().chain(regions.remove_spare());
        assert_eq!((gone.count(), sizes(&regions)), (2, (1, 0, 1)));
        assert_eq!(regions.take(), pages[0]);
        assert_eq!(sizes(&regions), (1, 1, 0));
    }

    #[test]
    fn free_pages_give_memory_back_but_for_those_that_are_used_next() {
        let mut regions = Regions::EMPTY;
        let per_region = REGION_BYTES / PAGE_BYTES;
        let mut pages: Vec<_> = (0..2 * per_region).map(|_| regions.take()).collect();
        pages.sort();
        pages.retain(|page| page.as_ptr().addr() / PAGE_BYTES % per_region < 60);
        assert_eq!(pages.len(), 120);
        pages[60..].iter().for_each(|&page| regions.give(page));
        regions.tidy_one();
        assert_eq!(regions.dry, 0, "it is the first one with room");
        pages[20..60].iter().for_each(|&page| regions.give(page));
        regions.tidy_one();
        regions.tidy_one();
        assert_eq!(regions.dry, 59, "the first page holds the heads");
    }

    #[test]
    fn few_regions_have_one_spare_and_many_have_two() {
        let mut regions = Regions::EMPTY;
        let wanted: Vec<_> = (0..40)
            .map(|_| {
                let wanted = regions.spare_wanted();
                for _ in 0..REGION_BYTES / PAGE_BYTES {
                    regions.take();
                }
                wanted
            })
            .collect();
        assert_eq!(wanted, [&[2][..], &[1; 31], &[2; 8]].concat());
    }

    #[test]
    fn spare_regions_are_kept_ready_and_what_is_beyond_them_goes_back() {
        std::thread::spawn(|| keep());
        let per_region = REGION_BYTES / PAGE_BYTES;
        let pages: Vec<_> = (0..6 * per_region).map(|_| take_page()).collect();
        // SAFETY: each was taken just now, once.
        pages.iter().for_each(|&page| unsafe { give_page(page) });
        let until = std::time::Instant::now() + Duration::from_secs(60);
        while lock().surplus() > 0 {
            assert!(std::time::Instant::now() < until, "the spare regions do not even out");
            std::thread::yield_now();
        }
    }
}
