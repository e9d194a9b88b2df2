//! The global allocator: another one with a count of the live bytes.
//!
//! Threads count for themselves and fold their count into the shared one every 64 KiB, so that an
//! allocation costs no shared write. Sizes with an alignment of 16 or more are rounded up to it:
//! an allocator with size classes of 8 bytes may otherwise hand out a block of a class that is no
//! multiple of the alignment that was asked for.

use std::alloc::{GlobalAlloc, Layout};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};

/// What a thread may count before it tells the others.
const FOLD_BYTES: i64 = 64 << 10;

/// A plain sum: nothing else is read by its order, so `Relaxed` is enough and no model needs it.
static FOLDED: AtomicI64 = AtomicI64::new(0);

thread_local! {
    static PENDING: Cell<i64> = const { Cell::new(0) };
}

/// Bytes of all live allocations, short of at most 64 KiB for each other thread.
pub fn used_bytes() -> usize {
    fold();
    usize::try_from(FOLDED.load(Ordering::Relaxed)).unwrap_or(0)
}

/// Bytes of all live allocations, to within 64 KiB for each thread, at the cost of one load.
#[inline]
pub fn used_bytes_about() -> usize {
    usize::try_from(FOLDED.load(Ordering::Relaxed)).unwrap_or(0)
}

/// Adds this thread's count to the shared one.
pub fn fold() {
    let _ = PENDING.try_with(|pending| FOLDED.fetch_add(pending.replace(0), Ordering::Relaxed));
}

#[inline]
pub(crate) fn count(bytes: i64) {
    let _ = PENDING.try_with(|pending| {
        let sum = pending.get() + bytes;
        if sum.abs() < FOLD_BYTES {
            pending.set(sum);
        } else {
            pending.set(0);
            FOLDED.fetch_add(sum, Ordering::Relaxed);
        }
    });
}

/// The size that an 8-byte-class allocator uses for a request: what `used_bytes` counts.
#[inline]
pub(crate) const fn usable(size: usize) -> usize {
    if size <= 64 {
        return (size + 7) & !7;
    }
    let step = 1usize << (usize::BITS - 1 - (size - 1).leading_zeros() - 2);
    (size + step - 1) & !(step - 1)
}

#[inline]
fn rounded(layout: Layout) -> Layout {
    if layout.align() < 16 {
        return layout;
    }
    layout.pad_to_align()
}

/// Counts what passes through the allocator `A`.
#[derive(Debug)]
pub struct Counting<A>(pub A);

// SAFETY: every request goes to `A` unchanged but for a size that is rounded up to its alignment,
// the same way for a block's allocation, reallocation and release.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Counting<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(usable(layout.size()) as i64);
        // SAFETY: the caller's contract.
        unsafe { self.0.alloc(rounded(layout)) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(usable(layout.size()) as i64);
        // SAFETY: the caller's contract.
        unsafe { self.0.alloc_zeroed(rounded(layout)) }
    }

    #[inline]
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        count(-(usable(layout.size()) as i64));
        // SAFETY: the caller's contract; the block was asked for with the same rounding.
        unsafe { self.0.dealloc(at, rounded(layout)) }
    }

    #[inline]
    unsafe fn realloc(&self, at: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(usable(new_size) as i64 - usable(layout.size()) as i64);
        let align = layout.align();
        let new_size = if align < 16 { new_size } else { new_size.next_multiple_of(align) };
        // SAFETY: the caller's contract; the block was asked for with the same rounding.
        unsafe { self.0.realloc(at, rounded(layout), new_size) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usable_sizes_follow_eight_byte_classes_then_four_to_a_doubling() {
        let pairs =
            [(1, 8), (38, 40), (64, 64), (65, 80), (81, 96), (112, 112), (129, 160), (4097, 5120)];
        for (size, class) in pairs {
            assert_eq!(usable(size), class, "{size}");
        }
    }
}
