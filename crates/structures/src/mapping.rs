//! Blocks of many megabytes: each is a mapping of its own.
//!
//! The kernel makes such a block longer without a copy, as it can give its pages other addresses.
//! Its pages are zero and come when they are first touched: a string that begins with 500 MB of
//! nothing costs none of them. And whole parts of 2 MiB are asked for as huge pages, so that who
//! reads all of the block waits less for addresses: they are a third of the time that it takes to
//! count the bits of 512 MB in small pages. A general allocator copies what grows.
//!
//! A block of less than `WHOLE_MIN` ends where it has to, in small pages; a longer one ends with a
//! huge page, which is at most a sixteenth of it. What follows a small page that is used already
//! could not become a huge page, and strings grow by a megabyte at a time.
//!
//! To take 512 MB of small pages back takes the kernel 40 ms. A thread of its own does it (`keep`),
//! in parts, so that nobody waits long who wants other memory meanwhile. Blocks that wait for it
//! count as free. They wait a moment, as who replaces a long string wants as much again, and memory
//! that is there already saves the kernel from filling new pages with zeros.
//!
//! Blocks do not begin all at the same place of a page: a processor takes a read for one of what
//! was written just before at another address, if both have the same place in their pages.
//!
//! # Layout
//!
//! ```text
//! +--------------+--------------------------------------+------------+
//! | less than    | block                                | the rest   |
//! | OFFSETS      | len: what `rounded` gives            | of OFFSETS |
//! +--------------+--------------------------------------+------------+
//! aligned to HUGE_BYTES
//! ```
//!
//! # Invariants
//!
//! 1. A mapping is aligned to `HUGE_BYTES`, and its length is `OFFSETS` more than `rounded` gives.
//! 2. What waits is in no other use; it is less than `WAITING_MAX`, or one block.
//! 3. Behind a block its mapping is zero.

use std::alloc::{Layout, handle_alloc_error};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};

use crate::alloc::count;
use crate::slab::prefer_huge_pages;

/// Smaller blocks come from elsewhere.
const LEAST: usize = 4 << 20;
/// From here on there are only whole huge pages.
const WHOLE_MIN: usize = 32 << 20;
const HUGE_BYTES: usize = 2 << 20;
/// A block begins at so many places of its first page.
const OFFSETS: usize = 4 << 10;
/// A multiple of the small pages of any processor.
const UNIT_BYTES: usize = 64 << 10;
/// What is taken back at once: less than half a millisecond of small pages.
const PART_BYTES: usize = 4 << 20;
/// How long a block waits at least.
const BEAT: Duration = Duration::from_millis(100);
/// Where more waits than this, who frees a block takes it back himself.
const WAITING_MAX: usize = 1 << 30;

/// A plain sum: nothing else is read by its order.
static LIVE: AtomicUsize = AtomicUsize::new(0);
static WASTE: Mutex<Waste> = Mutex::new(Waste { blocks: Vec::new(), bytes: 0, is_kept: false });
/// Told when something waits.
static FILLED: Condvar = Condvar::new();

/// What waits to be taken back.
struct Waste {
    blocks: Vec<Block>,
    bytes: usize,
    /// Whether there is a thread that empties it.
    is_kept: bool,
}

/// A block that nobody uses.
struct Block {
    address: usize,
    len: usize,
    /// Whether it has waited for a beat.
    is_old: bool,
}

impl Block {
    fn new(address: usize, len: usize) -> Block {
        Block { address, len, is_old: false }
    }
}

/// Whether blocks of this size are mappings.
#[inline]
pub(crate) const fn holds(size: usize) -> bool {
    size >= LEAST && !cfg!(any(plain_memory, loom))
}

/// The length of a block for `size` bytes.
pub(crate) const fn rounded(size: usize) -> usize {
    let all = size + OFFSETS;
    all.next_multiple_of(if all < WHOLE_MIN { UNIT_BYTES } else { HUGE_BYTES }) - OFFSETS
}

/// Bytes that a block for `size` bytes occupies.
pub(crate) const fn footprint(size: usize) -> usize {
    rounded(size) + OFFSETS
}

/// Bytes of the blocks that are in use.
pub fn live_bytes() -> usize {
    LIVE.load(Ordering::Relaxed)
}

/// A block of any content.
pub(crate) fn obtain(len: usize) -> NonNull<u8> {
    let Some(address) = reuse(len + OFFSETS) else { return obtain_zeros(len) };
    add(len + OFFSETS);
    let offset = offset();
    let at = pointer(address + offset);
    // SAFETY: the mapping goes on that far (invariant 1), and nobody else knows of it. Invariant 3
    // holds from here on.
    unsafe { at.as_ptr().add(len).write_bytes(0, OFFSETS - offset) };
    at
}

/// A block of zeros.
pub(crate) fn obtain_zeros(len: usize) -> NonNull<u8> {
    let len = len + OFFSETS;
    add(len);
    let address = map(len, ProtFlags::READ | ProtFlags::WRITE);
    prefer_huge_pages(address, len);
    pointer(address + offset())
}

/// Makes a block longer or shorter, by its end. What is new is zero.
///
/// # Safety
///
/// The block has the length `old`, and nobody else uses it.
pub(crate) unsafe fn resize(at: NonNull<u8>, old: usize, new: usize) -> NonNull<u8> {
    let address = start(at);
    if new > old {
        let offset = at.as_ptr().addr() - address;
        // SAFETY: the caller's contract; so long is the mapping (invariant 1).
        return pointer(unsafe { lengthen(address, old + OFFSETS, new + OFFSETS) } + offset);
    }
    if new < old {
        // Invariant 3.
        let rest = OFFSETS - (at.as_ptr().addr() - address);
        // SAFETY: the mapping goes on that far, and the caller alone uses it.
        unsafe { at.as_ptr().add(new).write_bytes(0, rest.min(old - new)) };
        subtract(old - new);
        dispose(Block::new(address + new + OFFSETS, old - new));
    }
    at
}

/// Takes a block back.
///
/// # Safety
///
/// The block has this length, and nobody uses it any more.
pub(crate) unsafe fn give_back(at: NonNull<u8>, len: usize) {
    subtract(len + OFFSETS);
    dispose(Block::new(start(at), len + OFFSETS));
}

/// Where the mapping of a block begins.
fn start(at: NonNull<u8>) -> usize {
    at.as_ptr().expose_provenance() & !(HUGE_BYTES - 1)
}

/// Where the next block begins in its mapping: not where the last few do.
fn offset() -> usize {
    /// A plain sequence: nothing is read by its order.
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(17 * 64, Ordering::Relaxed) % OFFSETS
}

/// Takes back what waits, for ever: the work of a thread that does nothing else.
pub fn keep() -> ! {
    lock().is_kept = true;
    loop {
        let filled = FILLED.wait_while(lock(), |waste| waste.blocks.is_empty());
        drop(filled.expect("nobody panics while holding it"));
        std::thread::sleep(BEAT);
        while take_part() {}
        lock().blocks.iter_mut().for_each(|block| block.is_old = true);
    }
}

/// Makes a mapping longer; gives its new address.
///
/// # Safety
///
/// The mapping has the length `old`, and the caller alone uses it.
#[cfg(target_os = "linux")]
unsafe fn lengthen(address: usize, old: usize, new: usize) -> usize {
    use rustix::mm::{MremapFlags, mremap, mremap_fixed};
    add(new - old);
    let from = pointer(address).as_ptr().cast();
    // SAFETY: the caller's contract, and where it stays nothing else lies behind it.
    if unsafe { mremap(from, old, new, MremapFlags::empty()) }.is_ok() {
        return address;
    }
    let to = pointer(map(new, ProtFlags::empty())).as_ptr().cast();
    // SAFETY: nobody knows the new place, which is a mapping, and the caller gives up the old one.
    let moved = unsafe { mremap_fixed(from, old, new, MremapFlags::MAYMOVE, to) };
    let Ok(moved) = moved else { no_memory(new) };
    moved.expose_provenance()
}

/// Makes a mapping longer; gives its new address.
///
/// # Safety
///
/// The mapping has the length `old`, and the caller alone uses it.
#[cfg(not(target_os = "linux"))]
unsafe fn lengthen(address: usize, old: usize, new: usize) -> usize {
    add(new - old);
    let to = map(new, ProtFlags::READ | ProtFlags::WRITE);
    // SAFETY: both are that long, and nobody knows the new one.
    unsafe {
        std::ptr::copy_nonoverlapping(pointer(address).as_ptr(), pointer(to).as_ptr(), old);
    }
    dispose(Block::new(address, old));
    to
}

/// New addresses, aligned to a huge page.
fn map(len: usize, access: ProtFlags) -> usize {
    // More than asked for, so that some address inside is aligned: the system aligns to a page of
    // its own, of which nothing is known here.
    let more = len + HUGE_BYTES;
    // SAFETY: new memory, of which nothing is known to anybody else.
    let mapped = unsafe { mmap_anonymous(std::ptr::null_mut(), more, access, MapFlags::PRIVATE) };
    let Ok(start) = mapped else { no_memory(len) };
    let start = start.expose_provenance();
    let address = start.next_multiple_of(HUGE_BYTES);
    unmap(start, address - start);
    unmap(address + len, start + more - (address + len));
    address
}

/// Memory that nobody uses goes back to the system.
fn unmap(address: usize, len: usize) {
    if len > 0 {
        // SAFETY: the callers own the addresses and give them up. Where the call fails, as there
        // are too many mappings, they are lost.
        let _ = unsafe { munmap(std::ptr::with_exposed_provenance_mut(address), len) };
    }
}

/// Lets the keeper take a block back, if there is one and it keeps up (invariant 2).
fn dispose(block: Block) {
    let mut waste = lock();
    let waits = waste.bytes == 0 || waste.bytes + block.len < WAITING_MAX;
    if waste.is_kept && waits {
        waste.bytes += block.len;
        waste.blocks.push(block);
        drop(waste);
        FILLED.notify_one();
    } else {
        drop(waste);
        unmap(block.address, block.len);
    }
}

/// The start of a block that waits, if one is long enough.
fn reuse(len: usize) -> Option<usize> {
    let mut waste = lock();
    let fits = |block: &Block| block.len >= len && block.address.is_multiple_of(HUGE_BYTES);
    let index = waste.blocks.iter().position(fits)?;
    let block = &mut waste.blocks[index];
    let address = block.address;
    block.address += len;
    block.len -= len;
    if block.len == 0 {
        waste.blocks.swap_remove(index);
    }
    waste.bytes -= len;
    Some(address)
}

/// Takes the end of a block back that waits; whether something may be left.
fn take_part() -> bool {
    let mut waste = lock();
    let Some(index) = waste.blocks.iter().position(|block| block.is_old) else { return false };
    let block = &mut waste.blocks[index];
    let len = (block.len - 1) % PART_BYTES + 1;
    block.len -= len;
    let (address, is_last) = (block.address + block.len, block.len == 0);
    if is_last {
        waste.blocks.swap_remove(index);
    }
    waste.bytes -= len;
    drop(waste);
    unmap(address, len);
    true
}

fn add(bytes: usize) {
    count(bytes as i64);
    LIVE.fetch_add(bytes, Ordering::Relaxed);
}

fn subtract(bytes: usize) {
    count(-(bytes as i64));
    LIVE.fetch_sub(bytes, Ordering::Relaxed);
}

fn lock() -> MutexGuard<'static, Waste> {
    WASTE.lock().expect("nobody panics while holding it")
}

fn pointer(address: usize) -> NonNull<u8> {
    NonNull::new(std::ptr::with_exposed_provenance_mut(address)).expect("no mapping begins at 0")
}

fn no_memory(bytes: usize) -> ! {
    handle_alloc_error(Layout::from_size_align(bytes, UNIT_BYTES).unwrap_or(Layout::new::<u8>()))
}

#[cfg(all(test, not(any(plain_memory, loom))))]
mod tests {
    use super::*;

    fn bytes(at: NonNull<u8>, len: usize) -> &'static mut [u8] {
        // SAFETY: the tests below use one slice of a block at a time, and only while it is theirs.
        unsafe { std::slice::from_raw_parts_mut(at.as_ptr(), len) }
    }

    #[test]
    fn short_blocks_end_with_small_pages_and_long_ones_with_huge_ones() {
        for (size, len) in [
            (LEAST, LEAST + UNIT_BYTES),
            (LEAST + UNIT_BYTES, LEAST + 2 * UNIT_BYTES),
            (4_300_000, 4_325_376),
            (WHOLE_MIN - OFFSETS, WHOLE_MIN),
            (WHOLE_MIN, WHOLE_MIN + HUGE_BYTES),
        ] {
            assert_eq!(footprint(size), len, "{size}");
            assert_eq!(rounded(rounded(size)), rounded(size));
        }
        assert!(!holds(LEAST - 1) && holds(LEAST));
    }

    #[test]
    fn a_block_keeps_its_bytes_as_it_grows_and_shrinks_and_the_rest_is_zero() {
        let least = rounded(LEAST);
        let mut at = obtain_zeros(least);
        // What lies behind it keeps the first one from growing where it is.
        let others: Vec<_> = (0..8).map(|_| obtain(least)).collect();
        let mut len = least;
        for new in [LEAST + UNIT_BYTES, 3 * LEAST, WHOLE_MIN, LEAST, 2 * LEAST].map(rounded) {
            assert!(bytes(at, len).iter().all(|&byte| byte == 7 || byte == 0));
            bytes(at, len).fill(7);
            // SAFETY: the block has that length, and only this test uses it.
            at = unsafe { resize(at, len, new) };
            assert!(at.as_ptr().addr() % HUGE_BYTES < OFFSETS);
            let (old, fresh) = bytes(at, new).split_at(len.min(new));
            assert!(old.iter().all(|&byte| byte == 7) && fresh.iter().all(|&byte| byte == 0));
            len = new;
        }
        // SAFETY: nobody uses them any more.
        unsafe { give_back(at, len) };
        // SAFETY: as above.
        others.into_iter().for_each(|at| unsafe { give_back(at, least) });
    }

    #[test]
    fn a_block_that_was_used_before_has_zeros_where_it_grows() {
        lock().is_kept = true;
        let (long, short) = (rounded(2 * LEAST), rounded(LEAST));
        for _ in 0..8 {
            let used = obtain(long);
            bytes(used, long).fill(7);
            // SAFETY: it was obtained just now, once.
            unsafe { give_back(used, long) };
            let at = obtain(short);
            // SAFETY: the block has that length, and only this test uses it.
            let at = unsafe { resize(at, short, long) };
            assert!(bytes(at, long)[short..].iter().all(|&byte| byte == 0));
            // SAFETY: nobody uses it any more.
            unsafe { give_back(at, long) };
        }
    }

    #[test]
    fn the_keeper_takes_back_what_waits() {
        std::thread::spawn(|| keep());
        let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
        let wait = |done: fn(&Waste) -> bool| {
            while !done(&lock()) {
                assert!(std::time::Instant::now() < until, "the keeper does nothing");
                std::thread::yield_now();
            }
        };
        wait(|waste| waste.is_kept);
        for len in [LEAST, LEAST + UNIT_BYTES, WHOLE_MIN].map(rounded) {
            let at = obtain(len);
            bytes(at, len)[len - 1] = 1;
            // SAFETY: it was obtained just now, once.
            unsafe { give_back(at, len) };
        }
        wait(|waste| waste.blocks.is_empty() && waste.bytes == 0);
    }
}
