//! A block of a stream: entries that follow one another, in one piece of memory.
//!
//! What the entries have in common stands once, in front: the time that theirs are counted from,
//! and the names of the fields that the first of them had. An entry is found by skipping those in
//! front of it, at most about a hundred.
//!
//! Deleted entries go at once, but are still counted: a block takes as many entries as it would
//! have taken without deletions, as in the field, where their bytes stay.
//!
//! # Layout
//!
//! ```text
//! +---------+-------------+----------+-----------+------+-------+-------+--------+--------- - -
//! | len u32 | deleted u32 | last u32 | start u32 | ms   | seq   | count | fields | entries
//! +---------+-------------+----------+-----------+------+-------+-------+--------+--------- - -
//!                           offset of  of the      numbers and strings as `codec` has them
//!                           the last   first
//!                           entry      entry
//!
//! entry:   number   bytes behind this number
//!          number   milliseconds since the block's
//!          number   the id's second part; less the block's, if the milliseconds are equal
//!          number   0: values for the block's fields follow; n + 1: n fields with values follow
//! ```
//!
//! # Invariants
//!
//! 1. The ids of the entries rise, and none is below that of the block.
//! 2. `last` is the offset of the last entry, or of the end if there is none.

use structures::Blob;
use structures::tree::Leaf;

use super::Id;
use super::codec::{Scratch, is_string_at, number_at, number_bytes};
use super::entry::Entry;

const LEN: usize = 0;
const DELETED: usize = 4;
const LAST: usize = 8;
const START: usize = 12;
const HEADER: usize = 16;

/// How much a block takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeLimits {
    /// Bytes; 0 sets no limit.
    pub bytes: usize,
    /// Entries; 0 sets no limit.
    pub entries: usize,
}

impl Default for NodeLimits {
    fn default() -> NodeLimits {
        NodeLimits { bytes: 4096, entries: 100 }
    }
}

/// No block is larger, but for a single entry.
const BYTES_MAX: usize = 1 << 30;

/// Fields with their values.
pub trait Pairs<'a>: Iterator<Item = (&'a [u8], &'a [u8])> + ExactSizeIterator + Clone {}

impl<'a, P: Iterator<Item = (&'a [u8], &'a [u8])> + ExactSizeIterator + Clone> Pairs<'a> for P {}

/// Consecutive entries.
#[derive(Clone)]
pub(super) struct Block(Blob);

impl Block {
    /// A block of one entry.
    pub fn new<'a>(id: Id, pairs: impl Pairs<'a>) -> Block {
        // The entry as `push` would write it, so that one piece of memory does for both.
        let mut entry = Scratch::new();
        [0; 3].into_iter().for_each(|number| entry.number(number));
        pairs.clone().for_each(|(_, value)| entry.string(value));
        let room = entry.as_bytes().len() + number_bytes(entry.as_bytes().len() as u64).1;
        let mut block = Block::with_room(id, pairs.map(|(field, _)| field), room);
        block.put(entry.as_bytes());
        block
    }

    /// A block without entries, which must get one.
    pub fn begin<'a>(id: Id, fields: impl ExactSizeIterator<Item = &'a [u8]>) -> Block {
        Block::with_room(id, fields, 0)
    }

    fn with_room<'a>(
        id: Id,
        fields: impl ExactSizeIterator<Item = &'a [u8]>,
        room: usize,
    ) -> Block {
        let mut shared = Scratch::new();
        shared.number(id.ms);
        shared.number(id.seq);
        shared.number(fields.len() as u64);
        fields.for_each(|field| shared.string(field));
        let start = HEADER + shared.as_bytes().len();
        let mut block = Block(Blob::with_capacity(start + room));
        block.0.extend(&[0; HEADER]);
        block.0.extend(shared.as_bytes());
        block.set(START, start);
        block.set(LAST, start);
        block
    }

    /// Puts an entry behind all others.
    pub fn push<'a>(&mut self, id: Id, pairs: impl Pairs<'a>) {
        let mut entry = Scratch::new();
        let base = self.base();
        let ms = id.ms - base.ms;
        entry.number(ms);
        entry.number(if ms == 0 { id.seq - base.seq } else { id.seq });
        if self.has_fields(pairs.clone().map(|(field, _)| field)) {
            entry.number(0);
            pairs.for_each(|(_, value)| entry.string(value));
        } else {
            entry.number(pairs.len() as u64 + 1);
            for (field, value) in pairs {
                entry.string(field);
                entry.string(value);
            }
        }
        self.put(entry.as_bytes());
    }

    fn put(&mut self, entry: &[u8]) {
        let (size, size_len) = number_bytes(entry.len() as u64);
        let (at, new) = (self.0.len(), size_len + entry.len());
        let place = self.0.splice(at, 0, new, spare(at));
        place[..size_len].copy_from_slice(&size[..size_len]);
        place[size_len..].copy_from_slice(entry);
        self.set(LAST, at);
        self.set(LEN, self.len() + 1);
    }

    /// Whether the fields of an entry are those of the block.
    fn has_fields<'a>(&self, fields: impl ExactSizeIterator<Item = &'a [u8]>) -> bool {
        let (mut at, count) = self.fields();
        if count != fields.len() {
            return false;
        }
        let mut fields = fields;
        fields.all(|field| is_string_at(&self.0, &mut at, field))
    }

    /// Whether one more entry of so many bytes fits.
    pub fn has_room(&self, bytes: usize, limits: NodeLimits) -> bool {
        let most = if limits.bytes == 0 { BYTES_MAX } else { limits.bytes.min(BYTES_MAX) };
        let entries = self.len() + self.deleted();
        self.0.len() + bytes < most && (limits.entries == 0 || entries < limits.entries)
    }

    /// Gives back room that was kept for more entries.
    pub fn close(&mut self) {
        if self.0.capacity() > self.0.len() + 16 {
            self.0 = Blob::new(&self.0);
        }
    }

    /// The id that those of the entries are counted from; none of them is below it.
    #[inline]
    pub fn base(&self) -> Id {
        let mut at = HEADER;
        let ms = number_at(&self.0, &mut at);
        Id { ms, seq: number_at(&self.0, &mut at) }
    }

    /// Where the block's fields are, and how many.
    pub fn fields(&self) -> (usize, usize) {
        let mut at = HEADER;
        number_at(&self.0, &mut at);
        number_at(&self.0, &mut at);
        let count = number_at(&self.0, &mut at) as usize;
        (at, count)
    }

    /// Number of entries that were deleted.
    pub fn deleted(&self) -> usize {
        self.word(DELETED)
    }

    /// Says how many entries were deleted before.
    pub fn set_deleted(&mut self, deleted: usize) {
        self.set(DELETED, deleted);
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The offset of the first entry.
    #[inline]
    pub fn start(&self) -> usize {
        self.word(START)
    }

    /// The offset behind the last entry.
    #[inline]
    pub fn end(&self) -> usize {
        self.0.len()
    }

    /// The last entry, if there is one.
    pub fn last(&self) -> Option<Entry<'_>> {
        let last = self.word(LAST);
        (last < self.end()).then(|| self.entry(last))
    }

    /// The first entry, if there is one.
    pub fn first(&self) -> Option<Entry<'_>> {
        let start = self.start();
        (start < self.end()).then(|| self.entry(start))
    }

    /// The entry at an offset.
    #[inline]
    pub fn entry(&self, at: usize) -> Entry<'_> {
        Entry::new(self, at)
    }

    /// The offset behind the entry at an offset.
    #[inline]
    pub fn after(&self, at: usize) -> usize {
        let mut at = at;
        let size = number_at(&self.0, &mut at) as usize;
        at + size
    }

    /// The offset of the first entry that is not below an id, and its index.
    pub fn seek(&self, id: Id) -> (usize, usize) {
        let (mut at, mut index, base) = (self.start(), 0, self.base());
        while at < self.end() {
            let mut next = at;
            let size = number_at(&self.0, &mut next) as usize;
            let behind = next + size;
            if id_at(&self.0, &mut next, base) >= id {
                break;
            }
            (at, index) = (behind, index + 1);
        }
        (at, index)
    }

    /// The offset of an entry by its index; the end, if there are no more.
    pub fn nth(&self, index: usize) -> usize {
        if index >= self.len() {
            return self.end();
        }
        (0..index).fold(self.start(), |at, _| self.after(at))
    }

    /// Bytes of memory.
    pub fn allocated(&self) -> usize {
        self.0.allocated()
    }

    fn word(&self, at: usize) -> usize {
        let bytes = self.0[at..at + 4].try_into().expect("four bytes of the header");
        u32::from_le_bytes(bytes) as usize
    }

    fn set(&mut self, at: usize, value: usize) {
        let value = u32::try_from(value).expect("a block stays far below 4 GiB");
        self.0.make_mut()[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
}

/// The id of the entry whose first number is at `at`, which moves behind it.
#[inline]
pub(super) fn id_at(bytes: &[u8], at: &mut usize, base: Id) -> Id {
    let (ms, seq) = (number_at(bytes, at), number_at(bytes, at));
    Id { ms: base.ms + ms, seq: if ms == 0 { base.seq + seq } else { seq } }
}

/// Room beyond what is needed, in a block that grows: what is small fits exactly.
fn spare(size: usize) -> usize {
    if size <= 128 { 0 } else { (size / 4).min(1 << 10) }
}

impl Leaf for Block {
    type Mark = Id;

    fn len(&self) -> usize {
        self.word(LEN)
    }

    fn mark(&self) -> Id {
        self.base()
    }

    fn remove(&mut self, from: usize, to: usize) {
        let (first, behind) = (self.nth(from), self.nth(to));
        let (len, gone) = (self.len(), to - from);
        self.0.splice(first, behind - first, 0, 0);
        self.set(LEN, len - gone);
        self.set(DELETED, self.deleted() + gone);
        if to == len {
            self.set(LAST, self.nth((len - gone).saturating_sub(1)));
        } else {
            self.set(LAST, self.word(LAST) - (behind - first));
        }
    }

    // Blocks end where the settings of their time said so, and stay as they are.
    fn overflow(&mut self) -> Option<Block> {
        None
    }

    fn is_small(&self) -> bool {
        false
    }

    fn absorb(&mut self, _: &Block) -> bool {
        false
    }
}
