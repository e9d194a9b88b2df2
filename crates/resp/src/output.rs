//! What a connection has yet to send: bytes that were copied, shared blocks that were not, and
//! long replies of which only the next piece is there.
//!
//! Replies are appended to one growing tail. A large value is not copied: the tail is sealed and
//! the value's block put behind it by reference. A long reply, such as all of a large collection,
//! is [`Pieces`]: its bytes are made when all before it is sent. What is pending is written with
//! one vectored write. A single growing buffer lost: it would copy large values, and move
//! megabytes whenever a slow reader takes a part.
//!
//! ```text
//!    sent
//!  ├──────┼───────────┬──────────────┬─────────┬──────────────┬───────────────┤
//!  │ blocks[0]: owned │ [1]: shared  │ owned   │ long: 1      │ tail          │
//!  ├──────┼───────────┴──────────────┴─────────┴──────────────┼───────────────┤
//!         written                                             tail_start     end
//! ```
//!
//! What is pending has *positions*: how many bytes were appended before since the connection
//! began. Nobody knows how long a long reply will be, so all of it has one position. The server
//! holds replies back at positions, and takes back what a failed command has appended.
//!
//! HOT: every reply passes here; no allocation once the tail has its size.
//!
//! # Invariants
//!
//! 1. `written + len() == end()`, and positions never go below `written`.
//! 2. `sent` counts bytes of the oldest block, or of the tail when there is none, and is less than
//!    its length unless both are 0. It is 0 where a long reply is the oldest.
//! 3. No block is empty; a long reply goes when its last byte is sent.

mod block;
mod long;

use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::Arc;

use block::{Block, Ready};
use long::Long;
pub use long::Pieces;

/// A tail of at least `SEAL_FROM` bytes is sealed when it would grow past `SEAL_AT`, so that growth
/// moves little and memory is given back while a slow reader drains.
const SEAL_FROM: usize = 16 * 1024;
const SEAL_AT: usize = 64 * 1024;

/// A tail may keep this much memory while nothing is pending.
const KEPT: usize = 16 * 1024;
/// A tail begins with this much, so that a few replies do not make it grow step by step, and keeps
/// it when its client is idle.
const FIRST: usize = 1024;

/// Bytes that more than one owner may read, such as a large value and its reply.
pub type SharedBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// The pending output of one connection.
#[derive(Default)]
pub struct Output {
    blocks: VecDeque<Block>,
    tail: Vec<u8>,
    sent: usize,
    written: u64,
    tail_start: u64,
    /// Long replies among the blocks.
    long: u32,
    /// Shared bytes below this length are copied all the same.
    copy_below: usize,
}

impl Output {
    /// Nothing pending.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many positions are pending: bytes, with 1 for each long reply.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        (self.end() - self.written) as usize
    }

    /// How many bytes are pending, with about as many for long replies as they will have.
    #[inline]
    #[must_use]
    pub fn pending_bytes(&self) -> usize {
        if self.long == 0 { self.len() } else { self.len() + self.promised_after(self.written) }
    }

    /// About how many bytes the long replies from position `pos` on will still have.
    #[must_use]
    pub fn promised_after(&self, pos: u64) -> usize {
        let (mut promised, mut end) = (0, self.tail_start);
        for block in self.blocks.iter().rev() {
            if self.long == 0 || end <= pos {
                break;
            }
            end -= block.len() as u64;
            if let Block::Long(long) = block {
                promised += long.memory();
            }
        }
        promised
    }

    /// Whether nothing is pending.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tail.is_empty() && self.blocks.is_empty()
    }

    /// The position just past the last byte appended.
    #[inline]
    #[must_use]
    pub fn end(&self) -> u64 {
        self.tail_start + self.tail.len() as u64
    }

    /// The position of the first pending byte: what was written so far.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The bytes of memory held, with all of each shared block, which a slow reader pins.
    #[must_use]
    pub fn memory(&self) -> usize {
        let blocks: usize = self.blocks.iter().map(Block::memory).sum();
        blocks + self.tail.capacity() + self.blocks.capacity() * size_of::<Block>()
    }

    /// Appends a copy of `bytes`.
    #[inline]
    pub fn extend_from_slice(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).extend_from_slice(bytes);
    }

    /// The tail, for appending at most `more` bytes.
    #[inline]
    pub(crate) fn room(&mut self, more: usize) -> &mut Vec<u8> {
        if self.tail.capacity() - self.tail.len() < more {
            self.make_room(more);
        }
        &mut self.tail
    }

    #[cold]
    fn make_room(&mut self, more: usize) {
        if self.tail.len() >= SEAL_FROM && self.tail.len() + more > SEAL_AT {
            self.seal();
            self.tail.reserve(more.max(SEAL_AT));
        } else {
            self.tail.reserve(more.max(FIRST.saturating_sub(self.tail.len())));
        }
    }

    /// Shared bytes below this length are copied from now on; 0 copies none.
    pub fn set_copy_below(&mut self, len: usize) {
        self.copy_below = len;
    }

    /// Appends `shared`, without copying it where that is worth it.
    pub fn push_shared(&mut self, shared: SharedBytes) {
        let len = (*shared).as_ref().len();
        if len < self.copy_below {
            self.extend_from_slice((*shared).as_ref());
        } else if len > 0 {
            self.seal();
            self.blocks.push_back(Block::Shared(shared, len));
            self.tail_start += len as u64;
        }
    }

    /// Appends a long reply, whose bytes are made as they are sent.
    pub fn push_long(&mut self, pieces: Box<dyn Pieces>) {
        self.seal();
        self.blocks.push_back(Block::Long(Box::new(Long::new(pieces))));
        self.tail_start += 1;
        self.long += 1;
    }

    /// Appends another output, of which nothing was sent.
    ///
    /// # Panics
    ///
    /// When something was.
    pub fn append(&mut self, other: Output) {
        assert!(other.written == 0 && other.sent == 0, "it would be sent twice");
        for block in other.blocks {
            self.seal();
            self.tail_start += block.len() as u64;
            self.long += u32::from(matches!(block, Block::Long(_)));
            self.blocks.push_back(block);
        }
        self.extend_from_slice(&other.tail);
    }

    /// Makes the next piece, where the oldest that is pending is a long reply. True where it did.
    pub fn make_piece(&mut self) -> bool {
        let Some(Block::Long(long)) = self.blocks.front_mut() else { return false };
        let made = long.make_piece();
        self.drop_sent();
        made
    }

    /// Makes the tail a block.
    fn seal(&mut self) {
        if !self.tail.is_empty() {
            self.tail_start += self.tail.len() as u64;
            self.blocks.push_back(Block::Owned(std::mem::take(&mut self.tail)));
        }
    }

    /// Fills `slices` with pending bytes from the oldest on, never beyond `limit` positions, and
    /// returns how many slices it filled. What follows an unfinished long reply is left out.
    pub fn io_slices<'a>(&'a self, slices: &mut [IoSlice<'a>], limit: usize) -> usize {
        let (mut skip, mut left, mut filled) = (self.sent, limit, 0);
        let tail = Ready::Bytes(&self.tail);
        for part in self.blocks.iter().map(Block::ready).chain([tail]) {
            if left == 0 || filled == slices.len() {
                break;
            }
            match part {
                Ready::Bytes(part) => {
                    let part = &part[skip..];
                    let part = &part[..part.len().min(left)];
                    if part.is_empty() {
                        break;
                    }
                    slices[filled] = IoSlice::new(part);
                    filled += 1;
                    left -= part.len();
                    skip = 0;
                }
                Ready::Long(long) => {
                    filled += long.ready.io_slices(&mut slices[filled..], usize::MAX);
                    if !long.finished {
                        break;
                    }
                    left -= 1;
                }
            }
        }
        filled
    }

    /// Forgets the first `n` bytes that `io_slices` gives: they were written.
    ///
    /// # Panics
    ///
    /// When there were fewer.
    pub fn advance(&mut self, n: usize) {
        let mut left = n;
        while let Some(front) = self.blocks.front_mut() {
            if let Block::Long(long) = front {
                let taken = left.min(long.ready.len());
                long.ready.advance(taken);
                left -= taken;
            } else {
                let taken = left.min(front.len() - self.sent);
                self.sent += taken;
                self.written += taken as u64;
                left -= taken;
            }
            if !self.drop_first_if_sent() {
                assert!(left == 0, "more was written than was pending");
                return;
            }
        }
        assert!(left <= self.tail.len() - self.sent, "more was written than was pending");
        self.written += left as u64;
        self.sent += left;
        self.drop_sent();
    }

    /// Drops blocks, and the tail's bytes, that were sent whole.
    fn drop_sent(&mut self) {
        while self.drop_first_if_sent() {}
        if self.blocks.is_empty() && self.sent == self.tail.len() {
            self.tail_start += self.sent as u64;
            self.tail.clear();
            self.sent = 0;
        }
    }

    fn drop_first_if_sent(&mut self) -> bool {
        let sent = match self.blocks.front() {
            None => return false,
            Some(Block::Long(long)) if long.is_sent() => {
                self.written += 1;
                self.long -= 1;
                true
            }
            Some(Block::Long(_)) => false,
            Some(bytes) => self.sent == bytes.len(),
        };
        if sent {
            self.blocks.pop_front();
            self.sent = 0;
        }
        sent
    }

    /// Takes back what was appended after position `pos`.
    ///
    /// # Panics
    ///
    /// When `pos` was written already, or lies past the end.
    pub fn truncate_to(&mut self, pos: u64) {
        assert!(pos >= self.written && pos <= self.end(), "position is not pending");
        if pos >= self.tail_start {
            self.tail.truncate((pos - self.tail_start) as usize);
        } else {
            self.tail.clear();
            while let Some(mut block) = self.blocks.pop_back() {
                let start = self.tail_start - block.len() as u64;
                self.tail_start = start;
                self.long -= u32::from(start >= pos && matches!(block, Block::Long(_)));
                if start < pos {
                    block.truncate((pos - start) as usize);
                    self.blocks.push_back(block);
                    self.tail_start = pos;
                    break;
                }
            }
        }
        self.drop_sent();
    }

    /// Takes back what was appended after position `pos`, and returns it: long replies whole.
    ///
    /// # Panics
    ///
    /// As [`Self::truncate_to`].
    #[must_use]
    pub fn take_after(&mut self, pos: u64) -> Vec<u8> {
        assert!(pos >= self.written && pos <= self.end(), "position is not pending");
        let mut taken = Vec::new();
        let mut start = self.written - self.sent as u64;
        for block in &mut self.blocks {
            let (skip, len) = (pos.saturating_sub(start) as usize, block.len());
            start += len as u64;
            match block {
                Block::Long(long) if skip == 0 => long.take_all(&mut taken),
                Block::Long(_) => {}
                Block::Owned(bytes) => {
                    taken.extend_from_slice(bytes.get(skip..).unwrap_or_default());
                }
                Block::Shared(shared, _) => {
                    let bytes = &(**shared).as_ref()[..len];
                    taken.extend_from_slice(bytes.get(skip..).unwrap_or_default());
                }
            }
        }
        let skip = pos.saturating_sub(start) as usize;
        taken.extend_from_slice(self.tail.get(skip..).unwrap_or_default());
        self.truncate_to(pos);
        taken
    }

    /// Takes everything pending.
    #[must_use]
    pub fn take_all(&mut self) -> Vec<u8> {
        self.take_after(self.written)
    }

    /// Gives memory back that a burst has left, when nothing is pending.
    pub fn shrink(&mut self) {
        if self.is_empty() {
            self.blocks.shrink_to(0);
            if self.tail.capacity() > KEPT {
                self.tail.shrink_to(KEPT);
            }
        }
    }

    /// Gives memory back that a client needs no more who has been idle, when nothing is pending;
    /// all of it where it was `long`.
    pub fn shrink_idle(&mut self, long: bool) {
        let kept = if long { 0 } else { FIRST };
        if self.is_empty() && self.tail.capacity() > kept {
            self.tail.shrink_to(kept);
        }
    }

    /// Bytes that the buffer of copied replies has room for.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.tail.capacity()
    }

    /// Inserts `bytes` at position `pos`. Everything after it moves up.
    pub(crate) fn insert_at(&mut self, pos: u64, bytes: &[u8]) {
        assert!(pos >= self.written && pos <= self.end(), "position is not pending");
        if let Some(at) = pos.checked_sub(self.tail_start) {
            let at = at as usize;
            self.tail.splice(at..at, bytes.iter().copied());
        } else {
            self.insert_in_blocks(pos, bytes);
            self.tail_start += bytes.len() as u64;
        }
    }

    fn insert_in_blocks(&mut self, pos: u64, bytes: &[u8]) {
        let mut start = self.tail_start;
        for i in (0..self.blocks.len()).rev() {
            start -= self.blocks[i].len() as u64;
            if pos < start {
                continue;
            }
            let at = (pos - start) as usize;
            match &mut self.blocks[i] {
                Block::Owned(block) => drop(block.splice(at..at, bytes.iter().copied())),
                Block::Shared(..) | Block::Long(_) => {
                    // A header stands in front of a shared block, never inside it.
                    assert!(at == 0, "position lies inside a shared block");
                    self.blocks.insert(i, Block::Owned(bytes.to_vec()));
                }
            }
            return;
        }
    }
}

impl From<Vec<u8>> for Output {
    fn from(bytes: Vec<u8>) -> Output {
        Output { tail: bytes, ..Output::default() }
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("pending", &self.len())
            .field("blocks", &self.blocks.len())
            .field("end", &self.end())
            .finish_non_exhaustive()
    }
}
