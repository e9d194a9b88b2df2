//! The pages with blocks of one size.
//!
//! Blocks are handed out from pages that are more than half full first, so that the others may
//! become free and go back. Magazines come here for many blocks at once.
//!
//! # Invariants
//!
//! 1. A page with a free block stands in the list for how full it is; a full one in none.

use std::ptr::NonNull;
use std::sync::Mutex;

use super::list::List;
use super::page::{Page, head_of};
use super::{CLASSES, block_size, region};

static POOLS: [Mutex<Class>; CLASSES] = {
    let mut pools = [const { Mutex::new(Class::EMPTY) }; CLASSES];
    let mut class = 0;
    while class < CLASSES {
        pools[class] = Mutex::new(Class { block_size: block_size(class), ..Class::EMPTY });
        class += 1;
    }
    pools
};

/// Pages of one block size.
struct Class {
    block_size: usize,
    /// Blocks that are in use or in magazines.
    live: usize,
    /// Pages at least half full, and the others.
    lists: [List<Page>; 2],
}

// SAFETY: the pages belong to the class, and blocks that are free to it.
unsafe impl Send for Class {}

/// Fills slots with blocks.
pub(super) fn take(class: usize, blocks: &mut [Option<NonNull<u8>>]) {
    let mut class = POOLS[class].lock().expect("nobody panics while holding it");
    blocks.fill_with(|| Some(class.take()));
}

/// Takes blocks back from a magazine.
///
/// # Safety
///
/// They are blocks of the class that nobody uses any more.
pub(super) unsafe fn put(class: usize, blocks: impl Iterator<Item = NonNull<u8>>) {
    let mut class = POOLS[class].lock().expect("nobody panics while holding it");
    // SAFETY: the caller's contract.
    blocks.for_each(|block| unsafe { class.put(block) });
}

/// Bytes of the blocks that are in use or in magazines.
pub(super) fn live_bytes() -> usize {
    let bytes = |pool: &Mutex<Class>| {
        let class = pool.lock().expect("nobody panics while holding it");
        class.live * class.block_size
    };
    POOLS.iter().map(bytes).sum()
}

impl Class {
    const EMPTY: Class = Class { block_size: 0, live: 0, lists: [List::EMPTY; 2] };

    fn take(&mut self) -> NonNull<u8> {
        self.live += 1;
        let page = self.lists.iter().find_map(List::first).unwrap_or_else(|| self.grow());
        self.change(page, |page| page.take()).expect("pages in lists have room (invariant 1)")
    }

    unsafe fn put(&mut self, block: NonNull<u8>) {
        let (page, size) = (head_of(block).cast(), self.block_size);
        let live = self.change(page, |page| {
            assert_eq!(page.block_size(), size, "invariant 2 of the slabs");
            page.put(block);
            page.live
        });
        self.live -= 1;
        if live == 0 {
            self.lists[1].unlink(page);
            // SAFETY: the class's lock is held; all blocks are free, and the page left its list.
            unsafe { region::give_page(page.as_ref().memory()) };
        }
    }

    fn grow(&mut self) -> NonNull<Page> {
        let page = Page::new(region::take_page(), self.block_size);
        self.lists[1].link(page);
        page
    }

    /// Changes a page and moves it to the list where it then belongs.
    fn change<R>(&mut self, mut page: NonNull<Page>, change: impl FnOnce(&mut Page) -> R) -> R {
        // SAFETY: the class owns its pages, and its lock is held.
        let head = unsafe { page.as_mut() };
        let before = list_of(head);
        let result = change(head);
        let after = list_of(head);
        if before != after {
            before.inspect(|&list| self.lists[list].unlink(page));
            after.inspect(|&list| self.lists[list].link(page));
        }
        result
    }
}

fn list_of(page: &Page) -> Option<usize> {
    (!page.is_full()).then(|| usize::from(page.is_sparse()))
}
