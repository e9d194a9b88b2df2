//! Memory for the many small blocks that keys are.
//!
//! A general allocator rounds a block of 130 bytes up to 160; here the steps are 8 bytes up to 256,
//! 16 up to 512 and 64 up to 1024, and all pages lie in regions of the size of a huge page, so that
//! the processor needs one address translation where it would need five hundred. Larger blocks,
//! and all blocks under a memory checker (`--cfg plain_memory`), come from the general allocator.
//! Arrays of buckets, of 64 bytes to 4 KiB, come as runs of units of 256 bytes, and so do segments
//! of collections of up to 8 KiB.
//!
//! ```text
//! region  2 MiB, aligned to it        region.rs    cut into 64 pages, given back when all are free
//!   page  32 KiB, blocks of one size  page.rs      knows which of its blocks are free
//!     class  the pages of one size    class.rs     behind one lock
//!       magazine  blocks at hand      magazine.rs  for each thread, no lock
//!   page  32 KiB, runs of units       runs.rs      all behind one lock
//! ```
//!
//! A block may be released by another thread than the one that allocated it.
//!
//! # Invariants
//!
//! 1. A block is in exactly one place: in use, in one magazine, or free in its page.
//! 2. The size that a block is released with has the class that it was allocated with.

mod class;
mod evacuation;
mod list;
mod magazine;
mod page;
mod region;
mod runs;
#[cfg(test)]
mod tests;

use std::alloc::{Layout, handle_alloc_error};
use std::ptr::NonNull;

pub use evacuation::Evacuation;
pub(crate) use region::prefer_huge_pages;
use runs::Purpose;

/// The largest block that comes from a page.
const SLAB_MAX: usize = if cfg!(plain_memory) { 0 } else { 1024 };
/// Where steps of 8 bytes end and those of 16 begin.
const FINE_MAX: usize = 256;
/// Where steps of 16 bytes end and those of 64 begin.
const MEDIUM_MAX: usize = 512;
const FINE_CLASSES: usize = FINE_MAX / 8;
const MEDIUM_CLASSES: usize = (MEDIUM_MAX - FINE_MAX) / 16;
const CLASSES: usize = FINE_CLASSES + MEDIUM_CLASSES + (1024 - MEDIUM_MAX) / 64;

/// Whether blocks of this size come from pages.
#[inline]
pub(crate) const fn holds(size: usize) -> bool {
    size <= SLAB_MAX
}

/// Bytes that a block of `size` bytes occupies.
#[inline]
pub(crate) const fn footprint(size: usize) -> usize {
    if size <= SLAB_MAX { block_size(class_of(size)) } else { crate::alloc::usable(size) }
}

/// Bytes in a block of a class.
#[inline]
const fn block_size(class: usize) -> usize {
    if class < FINE_CLASSES {
        (class + 1) * 8
    } else if class < FINE_CLASSES + MEDIUM_CLASSES {
        FINE_MAX + (class + 1 - FINE_CLASSES) * 16
    } else {
        MEDIUM_MAX + (class + 1 - FINE_CLASSES - MEDIUM_CLASSES) * 64
    }
}

/// The class of blocks for `size` bytes, which is between 1 and 1024.
#[inline]
const fn class_of(size: usize) -> usize {
    if size <= FINE_MAX {
        size.div_ceil(8) - 1
    } else if size <= MEDIUM_MAX {
        FINE_CLASSES + (size - FINE_MAX).div_ceil(16) - 1
    } else {
        FINE_CLASSES + MEDIUM_CLASSES + (size - MEDIUM_MAX).div_ceil(64) - 1
    }
}

/// A block of at least `size` bytes, which is not 0, aligned to 8; to 64 where the size is a
/// multiple of it.
#[inline]
pub(crate) fn allocate(size: usize) -> NonNull<u8> {
    if size <= SLAB_MAX {
        let class = class_of(size);
        crate::alloc::count(block_size(class) as i64);
        return magazine::take(class);
    }
    let layout = layout(size);
    // SAFETY: the size is not 0.
    let at = unsafe { std::alloc::alloc(layout) };
    NonNull::new(at).unwrap_or_else(|| handle_alloc_error(layout))
}

/// Takes a block back.
///
/// # Safety
///
/// The block comes from `allocate` with a size of the same footprint, and nobody uses it any more.
#[inline]
pub(crate) unsafe fn release(at: NonNull<u8>, size: usize) {
    if size <= SLAB_MAX {
        let class = class_of(size);
        crate::alloc::count(-(block_size(class) as i64));
        magazine::put(class, at);
        return;
    }
    // SAFETY: the caller's contract.
    unsafe { std::alloc::dealloc(at.as_ptr(), layout(size)) };
}

/// Buckets, aligned to 64 bytes: at most 8 KiB, which are not 0.
pub(crate) fn allocate_array(bytes: usize) -> NonNull<u8> {
    allocate_run(Purpose::Buckets, bytes)
}

/// Takes buckets back.
///
/// # Safety
///
/// They come from `allocate_array` with this size, and nobody uses them any more.
pub(crate) unsafe fn release_array(at: NonNull<u8>, bytes: usize) {
    // SAFETY: the caller's contract.
    unsafe { release_run(Purpose::Buckets, at, bytes) };
}

/// Bytes that `allocate_segment` takes for so many.
pub(crate) const fn segment_footprint(bytes: usize) -> usize {
    if is_run(bytes) { bytes.next_multiple_of(runs::UNIT_BYTES) } else { footprint(bytes) }
}

/// A segment of a collection, aligned to 8 bytes: at most 8 KiB, which are not 0.
pub(crate) fn allocate_segment(bytes: usize) -> NonNull<u8> {
    allocate_run(Purpose::Segments, bytes)
}

/// Takes a segment back.
///
/// # Safety
///
/// It comes from `allocate_segment` with this size, and nobody uses it any more.
pub(crate) unsafe fn release_segment(at: NonNull<u8>, bytes: usize) {
    // SAFETY: the caller's contract.
    unsafe { release_run(Purpose::Segments, at, bytes) };
}

const fn is_run(bytes: usize) -> bool {
    bytes > runs::UNIT_BYTES && !cfg!(plain_memory)
}

fn allocate_run(purpose: Purpose, bytes: usize) -> NonNull<u8> {
    if !is_run(bytes) {
        return allocate(bytes);
    }
    let units = bytes.div_ceil(runs::UNIT_BYTES);
    crate::alloc::count((units * runs::UNIT_BYTES) as i64);
    runs::take(purpose, units)
}

/// # Safety
///
/// The run comes from `allocate_run` with this purpose and size, and nobody uses it any more.
unsafe fn release_run(purpose: Purpose, at: NonNull<u8>, bytes: usize) {
    if !is_run(bytes) {
        // SAFETY: the caller's contract.
        return unsafe { release(at, bytes) };
    }
    let units = bytes.div_ceil(runs::UNIT_BYTES);
    crate::alloc::count(-((units * runs::UNIT_BYTES) as i64));
    // SAFETY: the caller's contract.
    unsafe { runs::put(purpose, at, units) };
}

/// Takes a block back that has been moved, so that nobody at hand gets it again.
///
/// # Safety
///
/// As for `release`; the block comes from a page.
pub(crate) unsafe fn release_moved(at: NonNull<u8>, size: usize) {
    let class = class_of(size);
    crate::alloc::count(-(block_size(class) as i64));
    // SAFETY: the caller's contract.
    unsafe { class::put(class, std::iter::once(at)) };
}

/// What the slabs hold.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// Bytes of the blocks that are in use.
    pub live_bytes: usize,
    /// Bytes of the regions that they lie in, without those that are all free.
    pub resident_bytes: usize,
    /// Bytes that are free between blocks that never move.
    pub stuck_bytes: usize,
}

/// What the slabs hold, to within what threads have at hand.
pub fn usage() -> Usage {
    let (runs_bytes, stuck_bytes) = runs::live_and_stuck_bytes();
    Usage {
        live_bytes: class::live_bytes() + runs_bytes,
        resident_bytes: region::resident_bytes(),
        stuck_bytes,
    }
}

/// Gives memory back that lies idle in regions, as far as that takes less than a millisecond.
pub fn tidy_regions() {
    region::tidy(16);
}

/// Sees to it that others find memory ready, and gives back what is too much, for ever: the work of
/// a thread that does nothing else.
pub fn keep_spare_regions() -> ! {
    region::keep()
}

/// Gives back at once what is free.
pub fn give_back_spare_regions() {
    region::give_back_spare();
}

/// Gives back what this thread has at hand: free blocks keep their pages from becoming free.
pub fn tidy_thread() {
    magazine::empty();
}

fn layout(size: usize) -> Layout {
    let align = if size.is_multiple_of(64) { 64 } else { 8 };
    Layout::from_size_align(footprint(size), align).expect("far below isize::MAX")
}
