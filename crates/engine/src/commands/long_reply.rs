//! Replies with many elements of one value.
//!
//! A short one is written at once. For the rest of a long one the value is taken as it is, which
//! costs one addition for each large block of it, and the elements are written piece by piece as
//! they are sent, when no shard is held any more. Whoever changes the value meanwhile copies the
//! blocks on the way to the change.

use std::sync::Arc;

use resp::{Output, Pieces, Protocol, Reply};
use types::Kind;

use crate::engine::Engine;

/// Replies with at most so many elements and bytes are written at once.
pub const SHORT: usize = 1024;
const SHORT_BYTES: u64 = 256 << 10;
/// A step writes so many elements at most, and stops behind the first that brings it to so many
/// bytes.
const STEP: usize = 64;
const STEP_BYTES: u64 = 64 << 10;
/// A piece is finished when it has so many bytes.
const PIECE_BYTES: usize = 32 << 10;

/// Writes elements from a place on, and gives the place of the next, if there is one.
pub trait Step<V>: FnMut(&V, u64, &mut Reply<'_>) -> Option<u64> + Send + 'static {}

impl<V, F: FnMut(&V, u64, &mut Reply<'_>) -> Option<u64> + Send + 'static> Step<V> for F {}

/// Whether a reply goes on at once that has so many elements and bytes.
#[inline]
pub fn is_short(count: usize, bytes: u64) -> bool {
    count <= SHORT && bytes <= SHORT_BYTES
}

/// Writes `count` elements of a value by steps, the first of which begins at place 0.
pub fn write<V: Kind + Clone + Send + 'static>(
    reply: &mut Reply<'_>,
    engine: &Arc<Engine>,
    (value, count): (&V, usize),
    mut step: impl Step<V>,
) {
    let begun = reply.output().end();
    let mut next = (count > 0).then_some(0);
    while let Some(at) = next {
        let written = reply.output().end() - begun;
        if !is_short(count, written) {
            return leave_from(reply, engine, (value, count), (at, written), step);
        }
        next = step(value, at, reply);
    }
}

/// Leaves `count` elements of a value for later, and nothing else of it.
pub fn leave<V: Kind + Clone + Send + 'static>(
    reply: &mut Reply<'_>,
    engine: &Arc<Engine>,
    what: (&V, usize),
    step: impl Step<V>,
) {
    leave_from(reply, engine, what, (0, 0), step);
}

/// Leaves those of `count` elements from a place on, of which so many bytes are written.
fn leave_from<V: Kind + Clone + Send + 'static>(
    reply: &mut Reply<'_>,
    engine: &Arc<Engine>,
    (value, count): (&V, usize),
    (at, written): (u64, u64),
    step: impl Step<V>,
) {
    let (engine, protocol) = (engine.clone(), reply.protocol());
    let share = count.saturating_mul(value.allocated()) / value.len().max(1);
    let (value, written) = (Some(value.clone()), written as usize);
    let rest = Elements { value, at, share, written, step, protocol, engine };
    reply.output().push_long(Box::new(rest));
}

/// How much a step writes.
pub struct Portion {
    count: usize,
    /// The position from which on it writes nothing more.
    end: u64,
}

impl Portion {
    /// A step begins.
    pub fn new(reply: &Reply<'_>) -> Portion {
        Portion { count: 0, end: reply.position() + STEP_BYTES }
    }

    /// Whether there is room for another element, which is then written.
    #[inline]
    pub fn takes(&mut self, reply: &Reply<'_>) -> bool {
        let takes = self.count < STEP && reply.position() < self.end;
        self.count += usize::from(takes);
        takes
    }
}

/// A step through elements that have indices: calls `write` with those from one index to before
/// another, of `count`; it writes those that the portion takes.
pub fn by_index<V>(
    count: usize,
    mut write: impl FnMut(&V, (usize, usize), &mut Reply<'_>, &mut Portion) + Send + 'static,
) -> impl Step<V> {
    move |value: &V, at: u64, reply: &mut Reply<'_>| {
        let (from, mut portion) = (at as usize, Portion::new(reply));
        write(value, (from, count.min(from + STEP)), reply, &mut portion);
        let to = from + portion.count;
        (to < count).then_some(to as u64)
    }
}

/// A step through elements by the cursors of a scan, which begins with 0 and ends with it.
pub fn by_cursor<V>(
    mut scan: impl FnMut(&V, u64, &mut Reply<'_>) -> u64 + Send + 'static,
) -> impl Step<V> {
    move |value: &V, at: u64, reply: &mut Reply<'_>| {
        let next = scan(value, at, reply);
        (next != 0).then_some(next)
    }
}

/// The elements of a value that are still to be written.
struct Elements<V: Kind, S> {
    value: Option<V>,
    at: u64,
    step: S,
    protocol: Protocol,
    /// Bytes of what the reply shows.
    share: usize,
    /// Bytes that were written.
    written: usize,
    engine: Arc<Engine>,
}

impl<V: Kind + Send + 'static, S: Step<V>> Pieces for Elements<V, S> {
    fn write(&mut self, out: &mut Output) -> bool {
        let Some(value) = &self.value else { return false };
        let mut reply = Reply::new(out, self.protocol);
        loop {
            match (self.step)(value, self.at, &mut reply) {
                Some(next) => self.at = next,
                None => return false,
            }
            if reply.output().len() >= PIECE_BYTES {
                self.written += reply.output().len();
                return true;
            }
        }
    }

    fn held(&self) -> usize {
        // What is written is held no less, but a limit is for what a client has not taken.
        self.share.saturating_sub(self.written).max(PIECE_BYTES.min(self.share))
    }
}

impl<V: Kind, S> Drop for Elements<V, S> {
    fn drop(&mut self) {
        if let Some(value) = self.value.take() {
            self.engine.returned.lock().push(value.into_value());
        }
    }
}
