//! A page: blocks of one size, and which of them are free.
//!
//! # Layout
//!
//! ```text
//! region  +-------------------+--------------+--------------+ - - - +---------+
//!         | heads of all      | page 0,      | page 1,      |       | page 63 |   2 MiB
//!         | pages, 4 KiB      | 28 KiB       | 32 KiB       |       |         |
//!         +-------------------+--------------+--------------+ - - - +---------+
//! page    +---------+---------+ - - - +-------------------------------+
//!         | block 0 | block 1 |       | blocks that nobody had so far |
//!         +---------+---------+ - - - +-------------------------------+
//! ```
//!
//! Blocks whose size is a multiple of 64 are aligned to it. A free block's first two bytes are the
//! number + 1 of the next free one; 0 is the end.
//!
//! # Invariants
//!
//! 1. Blocks from `fresh` on were never handed out; of those before it, `live` are out and the
//!    others are in the chain that begins with `free`.
//! 2. Whoever touches a page but for its blocks that are out holds its class's lock.

use std::ptr::NonNull;

use super::list::{Linked, Neighbours};

pub(super) const REGION_BYTES: usize = 2 << 20;
pub(super) const PAGE_BYTES: usize = 32 << 10;
/// What the heads take of the first page.
pub(super) const HEADS_BYTES: usize = 4 << 10;
const HEAD_BYTES: usize = HEADS_BYTES / (REGION_BYTES / PAGE_BYTES);
const _: () = assert!(size_of::<Page>() <= HEAD_BYTES);
const _: () = assert!(size_of::<super::runs::Page>() <= HEAD_BYTES);

/// The head of a page.
pub(super) struct Page {
    neighbours: Neighbours<Page>,
    /// Where its first block lies.
    blocks: NonNull<u8>,
    /// Blocks should leave it.
    pub(super) is_set_aside: bool,
    pub(super) live: u16,
    fresh: u16,
    /// Number + 1 of the first free block.
    free: u16,
    capacity: u16,
    block_size: u16,
}

// SAFETY: the field is the page's own.
unsafe impl Linked for Page {
    fn neighbours(&mut self) -> &mut Neighbours<Page> {
        &mut self.neighbours
    }
}

impl Page {
    /// Makes a page of the memory at `at`, which is a page's.
    pub(super) fn new(at: NonNull<u8>, block_size: usize) -> NonNull<Page> {
        let first = at.as_ptr().addr().is_multiple_of(REGION_BYTES);
        let heads = if first { HEADS_BYTES } else { 0 };
        // SAFETY: the heads end within the region's first page.
        let blocks = unsafe { at.add(heads) };
        let capacity = ((PAGE_BYTES - heads) / block_size) as u16;
        let head = Page {
            neighbours: Neighbours::NONE,
            blocks,
            is_set_aside: false,
            live: 0,
            fresh: 0,
            free: 0,
            capacity,
            block_size: block_size as u16,
        };
        let page = head_of(at).cast();
        // SAFETY: the place of this page's head, aligned, and nobody else's.
        unsafe { page.write(head) };
        page
    }

    /// The page's memory.
    pub(super) fn memory(&self) -> NonNull<u8> {
        let at = self.blocks.as_ptr().map_addr(|address| address & !(PAGE_BYTES - 1));
        NonNull::new(at).expect("no page lies at 0")
    }

    pub(super) fn block_size(&self) -> usize {
        usize::from(self.block_size)
    }

    pub(super) fn is_full(&self) -> bool {
        self.live == self.capacity
    }

    /// Whether more than half of its blocks are free.
    pub(super) fn is_sparse(&self) -> bool {
        self.live * 2 < self.capacity
    }

    /// Hands a block out, unless the page is full.
    pub(super) fn take(&mut self) -> Option<NonNull<u8>> {
        let number = match self.free {
            0 if self.fresh == self.capacity => return None,
            0 => {
                self.fresh += 1;
                self.fresh - 1
            }
            free => {
                // SAFETY: a free block of this page (invariant 1).
                self.free = unsafe { self.block(free - 1).cast().read() };
                free - 1
            }
        };
        self.live += 1;
        Some(self.block(number))
    }

    /// Takes a block back.
    pub(super) fn put(&mut self, block: NonNull<u8>) {
        let at = block.as_ptr().addr() - self.blocks.as_ptr().addr();
        let number = (at / self.block_size()) as u16;
        debug_assert_eq!(self.block(number), block, "a block begins there");
        // SAFETY: the block came back, so it is ours, and no block is smaller than 8 bytes.
        unsafe { block.cast().write(self.free) };
        self.free = number + 1;
        self.live -= 1;
    }

    fn block(&self, number: u16) -> NonNull<u8> {
        // SAFETY: callers stay below `capacity`.
        unsafe { self.blocks.add(usize::from(number) * self.block_size()) }
    }
}

/// Where the head of the page is in which an address lies.
pub(super) fn head_of(at: NonNull<u8>) -> NonNull<u8> {
    let head = at.as_ptr().map_addr(|address| {
        let page = address % REGION_BYTES / PAGE_BYTES;
        address - address % REGION_BYTES + page * HEAD_BYTES
    });
    NonNull::new(head).expect("no region lies at 0")
}
