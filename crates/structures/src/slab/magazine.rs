//! Free blocks that a thread has at hand.
//!
//! HOT: for every key that is made or removed; no lock but once in `batch` times.

use std::cell::RefCell;
use std::ptr::NonNull;

use super::{CLASSES, block_size, class};

/// The most blocks that a magazine takes.
const DEPTH: usize = 32;

/// Blocks that go between a magazine and its class at once; the magazine holds twice as many.
const fn batch(class: usize) -> usize {
    match (8 << 10) / block_size(class) {
        16.. => DEPTH / 2,
        few => few,
    }
}

thread_local! {
    static MAGAZINES: RefCell<Magazines> = const { RefCell::new(Magazines::EMPTY) };
}

struct Magazines([Magazine; CLASSES]);

struct Magazine {
    len: usize,
    blocks: [Option<NonNull<u8>>; DEPTH],
}

/// A block of a class.
#[inline]
pub(super) fn take(class: usize) -> NonNull<u8> {
    let block = MAGAZINES.try_with(|magazines| magazines.borrow_mut().0[class].take(class));
    // A thread that ends has no magazines any more.
    block.unwrap_or_else(|_| {
        let mut one = [None];
        class::take(class, &mut one);
        one[0].expect("it was filled")
    })
}

/// Takes a block back.
#[inline]
pub(super) fn put(class: usize, block: NonNull<u8>) {
    let done = MAGAZINES.try_with(|magazines| magazines.borrow_mut().0[class].put(class, block));
    if done.is_err() {
        // SAFETY: the caller gave the block up.
        unsafe { class::put(class, std::iter::once(block)) };
    }
}

/// Gives all blocks back that this thread has at hand, so that their pages may become free.
pub(super) fn empty() {
    let _ = MAGAZINES.try_with(|magazines| magazines.borrow_mut().empty());
}

impl Magazines {
    const EMPTY: Magazines = Magazines([const { Magazine::EMPTY }; CLASSES]);

    fn empty(&mut self) {
        let used = self.0.iter_mut().enumerate().filter(|(_, magazine)| magazine.len > 0);
        used.for_each(|(class, magazine)| magazine.empty(class, 0));
    }
}

impl Magazine {
    const EMPTY: Magazine = Magazine { len: 0, blocks: [None; DEPTH] };

    #[inline]
    fn take(&mut self, class: usize) -> NonNull<u8> {
        if self.len == 0 {
            self.fill(class);
        }
        self.len -= 1;
        self.blocks[self.len].expect("blocks below the length are there")
    }

    #[inline]
    fn put(&mut self, class: usize, block: NonNull<u8>) {
        if self.len == 2 * batch(class) {
            self.empty(class, batch(class));
        }
        self.blocks[self.len] = Some(block);
        self.len += 1;
    }

    #[cold]
    fn fill(&mut self, class: usize) {
        let blocks = &mut self.blocks[..batch(class)];
        class::take(class, blocks);
        // The first to be taken lies first in its page: neighbours in time are so in memory.
        blocks.reverse();
        self.len = blocks.len();
    }

    /// Gives the oldest blocks back until `rest` are left.
    #[cold]
    fn empty(&mut self, class: usize, rest: usize) {
        let surplus = self.len - rest;
        // SAFETY: blocks in a magazine are nobody's else.
        unsafe { class::put(class, self.blocks[..surplus].iter().flatten().copied()) };
        self.blocks.copy_within(surplus..self.len, 0);
        self.len = rest;
    }
}

impl Drop for Magazines {
    fn drop(&mut self) {
        self.empty();
    }
}
