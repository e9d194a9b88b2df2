//! Pending output against a plain vector of bytes, and its use of memory.

use std::io::IoSlice;
use std::sync::Arc;

use proptest::prelude::*;
use resp::{Output, Pieces, Protocol, Reply};

#[derive(Clone, Debug)]
enum Step {
    Copy(usize),
    Share(usize),
    Write { limit: usize, taken: usize },
    TruncateBack(usize),
    TakeBack(usize),
    Defer(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let size = prop_oneof![0usize..50, 1000usize..70_000];
    prop_oneof![
        4 => size.clone().prop_map(Step::Copy),
        2 => size.clone().prop_map(Step::Share),
        3 => (size.clone(), size.clone()).prop_map(|(limit, taken)| Step::Write { limit, taken }),
        1 => size.clone().prop_map(Step::TruncateBack),
        1 => size.clone().prop_map(Step::TakeBack),
        2 => size.prop_map(Step::Defer),
    ]
}

fn bytes(len: usize, seed: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 31 + seed) as u8).collect()
}

/// The pending bytes by way of slices, never more than `limit`.
fn slices(out: &Output, limit: usize) -> Vec<u8> {
    let mut slices = [IoSlice::new(&[]); 100];
    let filled = out.io_slices(&mut slices, limit);
    slices[..filled].iter().flat_map(|slice| slice.to_vec()).collect()
}

fn run(steps: &[Step]) {
    let (mut out, mut model, mut written) = (Output::new(), Vec::new(), 0u64);
    for (i, step) in steps.iter().enumerate() {
        let end = out.end();
        match *step {
            Step::Copy(len) => {
                out.extend_from_slice(&bytes(len, i));
                model.extend(bytes(len, i));
            }
            Step::Share(len) => {
                out.push_shared(Arc::new(bytes(len, i)));
                model.extend(bytes(len, i));
            }
            Step::Write { limit, taken } => {
                let seen = slices(&out, limit);
                assert!(seen.len() <= limit && model.starts_with(&seen));
                assert!(!seen.is_empty() || model.is_empty() || limit == 0);
                let taken = taken.min(seen.len());
                out.advance(taken);
                model.drain(..taken);
                written += taken as u64;
            }
            Step::TruncateBack(back) => {
                let back = back.min(model.len());
                out.truncate_to(end - back as u64);
                model.truncate(model.len() - back);
            }
            Step::TakeBack(back) => {
                let back = back.min(model.len());
                assert_eq!(out.take_after(end - back as u64), model.split_off(model.len() - back));
            }
            Step::Defer(len) => {
                let mut reply = Reply::new(&mut out, Protocol::Resp2);
                let deferred = reply.defer_array();
                reply.shared_bulk(Arc::new(bytes(len, i)));
                reply.resolve(deferred, 1);
                model.extend(format!("*1\r\n${len}\r\n").into_bytes());
                model.extend(bytes(len, i));
                model.extend(b"\r\n");
            }
        }
        assert_eq!((out.len(), out.is_empty()), (model.len(), model.is_empty()));
        assert_eq!((out.written(), out.end()), (written, written + model.len() as u64));
        assert!(slices(&out, usize::MAX) == model);
        assert!(out.memory() >= out.len());
    }
}

/// A long reply: so many bytes, of which each piece has so many.
struct Counted {
    bytes: Vec<u8>,
    piece: usize,
}

impl Pieces for Counted {
    fn write(&mut self, out: &mut Output) -> bool {
        let piece = self.piece.min(self.bytes.len());
        out.extend_from_slice(&self.bytes[..piece]);
        self.bytes.drain(..piece);
        !self.bytes.is_empty()
    }

    fn held(&self) -> usize {
        self.bytes.len()
    }
}

/// Appends short and long parts in turn, and gives all their bytes.
fn mixed(out: &mut Output, parts: &[(usize, usize)]) -> Vec<u8> {
    let mut model = Vec::new();
    for (i, &(len, piece)) in parts.iter().enumerate() {
        model.extend(bytes(len, i));
        if piece == 0 {
            out.extend_from_slice(&bytes(len, i));
        } else {
            out.push_long(Box::new(Counted { bytes: bytes(len, i), piece }));
        }
    }
    model
}

fn parts() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0usize..300, prop_oneof![Just(0usize), 1usize..120]), 1..12)
}

/// Sends what may be sent up to position `limit`, by writes that take some bytes each.
fn send(out: &mut Output, limit: u64, taken: usize) -> Vec<u8> {
    let mut sent = Vec::new();
    while out.written() < limit {
        let before = (out.written(), sent.len());
        let made = out.make_piece();
        let ready = slices(out, limit.saturating_sub(out.written()) as usize);
        let part = &ready[..taken.min(ready.len())];
        out.advance(part.len());
        sent.extend_from_slice(part);
        assert!(made || (out.written(), sent.len()) != before, "no way on");
    }
    sent
}

proptest! {
    #[test]
    fn long_replies_leave_in_their_place(parts in parts(), taken in 1usize..200) {
        let mut out = Output::new();
        let model = mixed(&mut out, &parts);
        let end = out.end();
        assert!(send(&mut out, end, taken) == model);
        assert!(out.is_empty() && out.pending_bytes() == 0);
    }

    #[test]
    fn nothing_behind_a_position_leaves(parts in parts(), more in parts(), taken in 1usize..200) {
        let mut out = Output::new();
        let first = mixed(&mut out, &parts);
        let end = out.end();
        let second = mixed(&mut out, &more);
        assert!(send(&mut out, end, taken) == first);
        assert!(out.take_all() == second);
    }

    #[test]
    fn long_replies_can_be_taken_back(parts in parts(), more in parts(), taken in 1usize..200) {
        let mut out = Output::new();
        let first = mixed(&mut out, &parts);
        let (end, promised) = (out.end(), out.pending_bytes());
        let second = mixed(&mut out, &more);
        assert!(out.take_after(end) == second);
        assert_eq!((out.end(), out.pending_bytes()), (end, promised));
        let _ = mixed(&mut out, &more);
        out.truncate_to(end);
        assert!(send(&mut out, end, taken) == first);
    }
}

proptest! {
    #[test]
    fn output_behaves_as_one_long_vector(steps in prop::collection::vec(step(), 0..40)) {
        run(&steps);
    }
}

#[test]
fn a_burst_gives_its_memory_back() {
    let mut out = Output::new();
    out.extend_from_slice(&[0; 10_000_000]);
    out.push_shared(Arc::new(vec![0; 1_000_000]));
    out.advance(out.len());
    out.shrink();
    assert!(out.memory() < 32 * 1024, "{}", out.memory());
}

#[test]
fn a_slow_reader_pins_the_whole_shared_block() {
    let mut out = Output::new();
    out.push_shared(Arc::new(vec![0; 1_000_000]));
    out.advance(999_999);
    assert_eq!(out.len(), 1);
    assert!(out.memory() >= 1_000_000);
}

#[test]
fn a_shared_block_is_not_copied() {
    let shared: Arc<Vec<u8>> = Arc::new(vec![7; 100_000]);
    let mut out = Output::new();
    Reply::new(&mut out, Protocol::Resp2).shared_bulk(shared.clone());
    let mut slices = [IoSlice::new(&[]); 3];
    assert_eq!(out.io_slices(&mut slices, usize::MAX), 3);
    assert_eq!(slices[1].as_ptr(), shared.as_ptr());
}

#[test]
#[should_panic(expected = "position is not pending")]
fn what_was_written_cannot_be_taken_back() {
    let mut out = Output::new();
    out.extend_from_slice(b"abc");
    out.advance(2);
    out.truncate_to(1);
}
