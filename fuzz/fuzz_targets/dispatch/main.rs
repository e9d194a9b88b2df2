//! Whatever clients send, the engine answers with whole replies, leaves nothing locked or waiting
//! behind, and logs what makes another engine the same.
//!
//! An input is plain bytes, so that seeds can be made from transcripts and read by people. The
//! mutator knows commands from the table: bytes that change at random hardly ever become a word.
//!
//! # Layout
//!
//! ```text
//! | options | piece | 0xFF | piece | 0xFF | ...
//!   options: `world::option`; with `FILE`, the rest is a configuration file
//!   piece:  | head | what a client sends ...
//!   head:   bits 0-1 which client, bits 2-4 how far the clock moves before (`STEPS_MS`),
//!           bits 5-7 what happens around it (`world::Event`)
//! ```

#![no_main]

mod checks;
mod file;
mod mutate;
mod server;
mod world;

use std::alloc::System;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use structures::alloc::Counting;

/// Counts memory, so that there can be too little.
#[global_allocator]
static ALLOCATOR: Counting<System> = Counting(System);

/// Between pieces.
const SEPARATOR: u8 = 0xFF;
/// How far the clock moves before a piece.
const STEPS_MS: [u64; 8] = [0, 1, 10, 100, 300, 1500, 60_000, 4_000_000];

fuzz_target!(|input: &[u8]| {
    let Some((&options, pieces)) = input.split_first() else { return };
    if options & world::option::FILE != 0 {
        return file::check(pieces);
    }
    let mut world = world::World::new(options);
    for piece in pieces.split(|byte| *byte == SEPARATOR) {
        let Some((&head, bytes)) = piece.split_first() else { continue };
        world.advance(STEPS_MS[usize::from(head >> 2) % STEPS_MS.len()], head >> 5);
        world.send(usize::from(head) % world::CLIENTS, bytes, head >> 5);
    }
    checks::at_the_end(world);
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate::mutate(data, size, max_size, seed)
});
