//! Blocks against a model, alone and between threads.

use std::ptr::NonNull;
use std::sync::mpsc;

use super::{SLAB_MAX, allocate, block_size, class_of, footprint, release};

/// A block that fills itself with a pattern and looks whether it is still there.
struct Owned {
    at: NonNull<u8>,
    size: usize,
    pattern: u8,
}

// SAFETY: the only handle to its block.
unsafe impl Send for Owned {}

impl Owned {
    fn new(size: usize, pattern: u8) -> Owned {
        let at = allocate(size);
        assert!(at.as_ptr().addr().is_multiple_of(8));
        // SAFETY: the block has that many bytes.
        unsafe { at.write_bytes(pattern, size) };
        Owned { at, size, pattern }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the block was filled when it was made.
        let bytes = unsafe { std::slice::from_raw_parts(self.at.as_ptr(), self.size) };
        assert!(bytes.iter().all(|&byte| byte == self.pattern), "somebody else wrote here");
        // SAFETY: allocated with this size, and nobody uses it any more.
        unsafe { release(self.at, self.size) };
    }
}

#[test]
fn classes_are_8_bytes_apart_to_256_and_16_to_512_and_64_to_1024() {
    for size in 1..=1024 {
        let class = class_of(size);
        assert!(block_size(class) >= size, "{size}");
        assert!(class == 0 || block_size(class - 1) < size, "{size}");
        let step = [(256, 8), (512, 16), (1024, 64)].into_iter().find(|&(to, _)| size <= to);
        assert!(step.is_some_and(|(_, step)| block_size(class) - size < step), "{size}");
        if SLAB_MAX > 0 {
            assert_eq!(footprint(size), block_size(class));
        }
    }
}

#[test]
fn blocks_never_overlap_whatever_the_order_of_releases() {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize % below
    };
    for live in [10, 3_000, 0, 20_000, 100] {
        let mut blocks: Vec<Owned> = Vec::new();
        while blocks.len() < live {
            let grow = random(3) > 0 || blocks.is_empty();
            if grow {
                blocks.push(Owned::new(1 + random(1200), random(256) as u8));
            } else {
                blocks.swap_remove(random(blocks.len()));
            }
        }
    }
}

#[test]
fn blocks_may_be_released_by_other_threads() {
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel::<Owned>(256);
        for thread in 0..2u8 {
            let sender = sender.clone();
            scope.spawn(move || {
                for i in 0..20_000usize {
                    let block = Owned::new(1 + (i * 7 + usize::from(thread)) % 300, i as u8);
                    sender.send(block).expect("the other side listens");
                }
            });
        }
        drop(sender);
        scope.spawn(move || receiver.into_iter().for_each(drop));
    });
}
