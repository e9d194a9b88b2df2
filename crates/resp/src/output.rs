//! What a connection has yet to send: bytes that were copied, and shared blocks that were not.
//!
//! Replies are appended to one growing tail. A large value is not copied: the tail is sealed and
//! the value's block put behind it by reference. What is pending is written with one vectored
//! write. A single growing buffer lost: it would copy large values, and move megabytes whenever a
//! slow reader takes a part.
//!
//! ```text
//!    sent
//!  ├──────┼───────────┬──────────────┬─────────┬───────────────┤
//!  │ blocks[0]: owned │ [1]: shared  │ owned   │ tail          │
//!  ├──────┼───────────┴──────────────┴─────────┼───────────────┤
//!         written                              tail_start     end
//! ```
//!
//! Bytes have *positions*: how many bytes were appended before them since the connection began.
//! The server holds replies back at positions, and takes back what a failed command has appended.
//!
//! HOT: every reply passes here; no allocation once the tail has its size.
//!
//! # Invariants
//!
//! 1. `written + len() == end()`, and positions never go below `written`.
//! 2. `sent` counts bytes of the oldest block, or of the tail when there is none, and is less than
//!    its length unless both are 0.
//! 3. No block is empty.

use std::collections::VecDeque;
use std::io::IoSlice;
use std::sync::Arc;

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
    /// Shared bytes below this length are copied all the same.
    copy_below: usize,
}

enum Block {
    Owned(Vec<u8>),
    /// The bytes, and how many of them count.
    Shared(SharedBytes, usize),
}

impl Block {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Shared(shared, len) => &(**shared).as_ref()[..*len],
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Owned(bytes) => bytes.len(),
            Self::Shared(_, len) => *len,
        }
    }

    fn memory(&self) -> usize {
        match self {
            Self::Owned(bytes) => bytes.capacity(),
            Self::Shared(shared, _) => (**shared).as_ref().len(),
        }
    }

    fn truncate(&mut self, new_len: usize) {
        match self {
            Self::Owned(bytes) => bytes.truncate(new_len),
            Self::Shared(_, len) => *len = new_len,
        }
    }
}

impl Output {
    /// Nothing pending.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many bytes are pending.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        (self.end() - self.written) as usize
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

    /// Makes the tail a block.
    fn seal(&mut self) {
        if !self.tail.is_empty() {
            self.tail_start += self.tail.len() as u64;
            self.blocks.push_back(Block::Owned(std::mem::take(&mut self.tail)));
        }
    }

    /// Fills `slices` with pending bytes from the oldest on, never more than `limit` bytes, and
    /// returns how many slices it filled.
    pub fn io_slices<'a>(&'a self, slices: &mut [IoSlice<'a>], limit: usize) -> usize {
        let (mut skip, mut left, mut filled) = (self.sent, limit, 0);
        let parts = self.blocks.iter().map(Block::bytes).chain([&self.tail[..]]);
        for (slice, part) in slices.iter_mut().zip(parts) {
            let part = &part[skip..];
            let part = &part[..part.len().min(left)];
            if part.is_empty() {
                break;
            }
            *slice = IoSlice::new(part);
            filled += 1;
            left -= part.len();
            skip = 0;
        }
        filled
    }

    /// Forgets the first `n` pending bytes: they were written.
    ///
    /// # Panics
    ///
    /// When fewer are pending.
    pub fn advance(&mut self, n: usize) {
        assert!(n <= self.len(), "more was written than was pending");
        self.written += n as u64;
        self.sent += n;
        self.drop_sent();
    }

    /// Drops blocks, and the tail's bytes, that were sent whole.
    fn drop_sent(&mut self) {
        while let Some(len) = self.blocks.front().map(Block::len) {
            if self.sent < len {
                return;
            }
            self.sent -= len;
            self.blocks.pop_front();
        }
        if self.sent == self.tail.len() {
            self.tail_start += self.sent as u64;
            self.tail.clear();
            self.sent = 0;
        }
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

    /// Takes back what was appended after position `pos`, and returns it.
    ///
    /// # Panics
    ///
    /// As [`Self::truncate_to`].
    #[must_use]
    pub fn take_after(&mut self, pos: u64) -> Vec<u8> {
        assert!(pos >= self.written && pos <= self.end(), "position is not pending");
        let mut taken = Vec::with_capacity((self.end() - pos) as usize);
        let mut start = self.written - self.sent as u64;
        for part in self.blocks.iter().map(Block::bytes).chain([&self.tail[..]]) {
            let skip = pos.saturating_sub(start) as usize;
            taken.extend_from_slice(part.get(skip..).unwrap_or_default());
            start += part.len() as u64;
        }
        self.truncate_to(pos);
        taken
    }

    /// A copy of everything pending.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.len() + self.sent);
        for part in self.blocks.iter().map(Block::bytes).chain([&self.tail[..]]) {
            all.extend_from_slice(part);
        }
        all.drain(..self.sent);
        all
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
                Block::Shared(..) => {
                    // A header stands in front of a shared block, never inside it.
                    assert!(at == 0, "position lies inside a shared block");
                    self.blocks.insert(i, Block::Owned(bytes.to_vec()));
                }
            }
            return;
        }
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
