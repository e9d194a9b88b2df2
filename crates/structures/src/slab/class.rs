//! The pages with blocks of one size.
//!
//! Blocks are handed out from pages that are more than half full first, so that the others may
//! become free and go back. Magazines come here for many blocks at once. Where deletions have left
//! many sparse pages, these are set aside (`Evacuation`): no block comes from them until all that
//! are left have moved, or the attempt ends. Only then do the empty ones go: a page that was used
//! again meanwhile would be taken for one to leave.
//!
//! # Invariants
//!
//! 1. A page that is set aside stands in a list of its own; any other with a free block in the
//!    list for how full it is, a full one in none.

use std::collections::HashSet;
use std::ptr::NonNull;
use std::sync::{Mutex, MutexGuard};

use super::evacuation::{WORTH_MOVING, number_of};
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

/// The list of pages that are set aside.
const SET_ASIDE: usize = 2;

/// Pages of one block size.
struct Class {
    block_size: usize,
    /// Blocks that are in use or in magazines.
    live: usize,
    /// Pages at least half full, the others, and those that are set aside.
    lists: [List<Page>; 3],
}

// SAFETY: the pages belong to the class, and blocks that are free to it.
unsafe impl Send for Class {}

/// Fills slots with blocks.
pub(super) fn take(class: usize, blocks: &mut [Option<NonNull<u8>>]) {
    let mut class = lock(&POOLS[class]);
    blocks.fill_with(|| Some(class.take()));
}

/// Takes blocks back from a magazine.
///
/// # Safety
///
/// They are blocks of the class that nobody uses any more.
pub(super) unsafe fn put(class: usize, blocks: impl Iterator<Item = NonNull<u8>>) {
    let mut class = lock(&POOLS[class]);
    // SAFETY: the caller's contract.
    blocks.for_each(|block| unsafe { class.put(block) });
}

/// Bytes of the blocks that are in use or in magazines.
pub(super) fn live_bytes() -> usize {
    let bytes = |pool: &Mutex<Class>| {
        let class = lock(pool);
        class.live * class.block_size
    };
    POOLS.iter().map(bytes).sum()
}

impl Class {
    const EMPTY: Class = Class { block_size: 0, live: 0, lists: [List::EMPTY; 3] };

    fn take(&mut self) -> NonNull<u8> {
        self.live += 1;
        let page =
            self.lists[..SET_ASIDE].iter().find_map(List::first).unwrap_or_else(|| self.grow());
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
        // SAFETY: the class owns its pages, and its lock is held.
        if live == 0 && !unsafe { page.as_ref() }.is_set_aside {
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

    /// Sets the sparse pages aside, if that is worth it.
    fn set_aside(&mut self, pages: &mut HashSet<usize>) {
        let mut sparse = Vec::new();
        let mut next = self.lists[1].first();
        while let Some(page) = next {
            sparse.push(page);
            next = List::behind(page);
        }
        if sparse.len() < WORTH_MOVING {
            return;
        }
        for mut page in sparse {
            self.lists[1].unlink(page);
            // SAFETY: the class owns its pages, and its lock is held.
            unsafe { page.as_mut() }.is_set_aside = true;
            self.lists[SET_ASIDE].link(page);
            // SAFETY: as above.
            pages.insert(number_of(unsafe { page.as_ref() }.memory()));
        }
    }

    fn take_back(&mut self) {
        while let Some(mut page) = self.lists[SET_ASIDE].first() {
            self.lists[SET_ASIDE].unlink(page);
            // SAFETY: the class owns its pages, and its lock is held.
            let head = unsafe { page.as_mut() };
            head.is_set_aside = false;
            if head.live == 0 {
                // SAFETY: as above; all blocks are free, and the page left its list.
                unsafe { region::give_page(head.memory()) };
            } else {
                list_of(head).inspect(|&list| self.lists[list].link(page));
            }
        }
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

/// Sets sparse pages of all sizes aside; their numbers are added.
pub(super) fn set_aside(pages: &mut HashSet<usize>) {
    POOLS.iter().for_each(|pool| lock(pool).set_aside(pages));
}

/// Uses pages again that were set aside.
pub(super) fn take_back() {
    POOLS.iter().for_each(|pool| lock(pool).take_back());
}

fn lock(pool: &Mutex<Class>) -> MutexGuard<'_, Class> {
    pool.lock().expect("nobody panics while holding it")
}

fn list_of(page: &Page) -> Option<usize> {
    if page.is_set_aside {
        return Some(SET_ASIDE);
    }
    (!page.is_full()).then(|| usize::from(page.is_sparse()))
}
