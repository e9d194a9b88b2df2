//! Regions of the size of a huge page, cut into pages.
//!
//! Regions are mapped many at once and never unmapped: what is given back is their memory. Pages
//! are taken from the region with the lowest address that has one, so that the others may become
//! free. One free region keeps its memory; what is free beyond it gives it back. So do the free
//! pages of regions that are mostly free, some at a time (`tidy`): such a huge page is not worth
//! what it holds.
//!
//! A general allocator was tried for them: it leaves holes between blocks that are aligned to 2
//! MiB, and the kernel fills the holes when it makes huge pages of them.
//!
//! # Invariants
//!
//! 1. `regions` holds every region with memory, by address; bit `i` of `free` is set while page `i`
//!    is free, and of `dry` while it has no memory, besides.
//! 2. `roomy` holds the addresses of those with a free page, `vacant` those without memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ptr::NonNull;
use std::sync::Mutex;

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

use super::page::{PAGE_BYTES, REGION_BYTES};

/// Regions that are mapped at once.
const SPAN: usize = 32;
const ALL_FREE: u64 = u64::MAX;
const _: () = assert!(REGION_BYTES / PAGE_BYTES == ALL_FREE.count_ones() as usize);

static REGIONS: Mutex<Regions> = Mutex::new(Regions::EMPTY);

struct Regions {
    regions: BTreeMap<usize, Pages>,
    roomy: BTreeSet<usize>,
    vacant: BTreeSet<usize>,
    /// Regions with memory of which all pages are free.
    free: usize,
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
    let surplus = lock().give(at);
    if let Some(region) = surplus {
        // SAFETY: all pages of the region are free, and it left the maps.
        unsafe { discard(region, REGION_BYTES) };
        lock().vacant.insert(region);
    }
}

/// Bytes of the regions that have memory.
pub(super) fn resident_bytes() -> usize {
    let regions = lock();
    regions.regions.len() * REGION_BYTES - regions.dry * PAGE_BYTES
}

/// Gives the memory of free pages back, in up to so many regions that are mostly free.
pub(super) fn tidy(most: usize) {
    let mut regions = lock();
    for _ in 0..most {
        regions.tidy_one();
    }
}

fn lock() -> std::sync::MutexGuard<'static, Regions> {
    REGIONS.lock().expect("nobody panics while holding it")
}

impl Regions {
    const EMPTY: Regions = Regions {
        regions: BTreeMap::new(),
        roomy: BTreeSet::new(),
        vacant: BTreeSet::new(),
        free: 0,
        dry: 0,
        cursor: 0,
    };

    fn take(&mut self) -> NonNull<u8> {
        let region = self.roomy.first().copied().unwrap_or_else(|| self.grow());
        let pages = self.regions.get_mut(&region).expect("what has room is there (invariant 2)");
        self.free -= usize::from(pages.free == ALL_FREE);
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

    fn grow(&mut self) -> usize {
        let region = self.vacant.pop_first().unwrap_or_else(|| {
            let first = map_span();
            self.vacant.extend((1..SPAN).map(|i| first + i * REGION_BYTES));
            first
        });
        self.regions.insert(region, Pages { free: ALL_FREE, dry: 0 });
        self.roomy.insert(region);
        self.free += 1;
        region
    }

    /// Gives a region that is free and not needed.
    fn give(&mut self, at: NonNull<u8>) -> Option<usize> {
        let address = at.as_ptr().addr();
        let region = address & !(REGION_BYTES - 1);
        let pages = self.regions.get_mut(&region).expect("a page lies in a region (invariant 1)");
        pages.free |= 1 << ((address - region) / PAGE_BYTES);
        self.roomy.insert(region);
        if pages.free != ALL_FREE {
            return None;
        }
        self.free += 1;
        if self.free < 2 {
            return None;
        }
        self.free -= 1;
        self.roomy.remove(&region);
        let pages = self.regions.remove(&region);
        self.dry -= pages.map_or(0, |pages| pages.dry.count_ones() as usize);
        Some(region)
    }

    fn tidy_one(&mut self) {
        let next = self.roomy.range(self.cursor..).next().or(self.roomy.first()).copied();
        let Some(region) = next else { return };
        self.cursor = region + 1;
        let pages = self.regions.get_mut(&region).expect("what has room is there (invariant 2)");
        let idle = pages.free & !pages.dry;
        // The first page shares its memory with the heads of all.
        let idle = idle & !1;
        if pages.free == ALL_FREE || pages.free.count_ones() < 32 || idle.count_ones() < 8 {
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

#[cfg(target_os = "linux")]
fn prefer_huge_pages(at: usize, bytes: usize) {
    use rustix::mm::{Advice, madvise};
    let at = std::ptr::with_exposed_provenance_mut(at);
    // SAFETY: a hint that changes no content. A kernel without huge pages refuses it.
    let _ = unsafe { madvise(at, bytes, Advice::LinuxHugepage) };
}

#[cfg(not(target_os = "linux"))]
fn prefer_huge_pages(_at: usize, _bytes: usize) {}

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
    fn pages_come_from_the_lowest_region_and_all_but_one_free_region_go_back() {
        let mut regions = Regions::EMPTY;
        let per_region = REGION_BYTES / PAGE_BYTES;
        let mut pages: Vec<_> = (0..3 * per_region).map(|_| regions.take()).collect();
        assert_eq!((regions.regions.len(), regions.roomy.len()), (3, 0));
        let distinct: BTreeSet<_> = pages.iter().map(|page| page.as_ptr().addr()).collect();
        assert_eq!(distinct.len(), pages.len());
        pages.sort();
        regions.give(pages[per_region]);
        regions.give(pages[0]);
        assert_eq!(regions.take(), pages[0]);
        let others = pages.iter().enumerate().filter(|(i, _)| *i != per_region);
        let returned: Vec<_> = others.filter_map(|(_, &page)| regions.give(page)).collect();
        assert_eq!((returned.len(), regions.regions.len(), regions.free), (2, 1, 1));
    }
}
