//! One key with its value in one allocation.
//!
//! A key, its metadata and a small value lie together, so that a `GET` touches one or two cache
//! lines past the table's bucket, and a key costs 5 to 8 bytes beyond its own bytes. There is no
//! second table for deadlines: an entry grows by six bytes when it gets one.
//!
//! # Layout
//!
//! ```text
//! +-------+----------+--------------+-----------+-----+---------------------------------+
//! | flags | access   | deadline     | key len   | key | payload                         |
//! | u8    | 3 bytes  | 6 bytes, ms, | 1, 2 or 5 |     | Bytes: len (1, 2 or 5), bytes   |
//! |       | LRU, LFU | if any       | bytes     |     | Int: 1 to 8 bytes, sign-extended|
//! +-------+----------+--------------+-----------+-----+ Blob, Object: pointer, 8 bytes  |
//!                                                     +---------------------------------+
//! flags: bits 0-1 kind, bit 2 has deadline, bit 3 epoch, bits 4-6 integer bytes - 1
//! ```
//!
//! # Invariants
//!
//! 1. The allocation's size follows from its content: `slab::footprint` of its bytes.
//! 2. A `Raw` is owned by one slot of one table, or by one `OwnedEntry`.
//! 3. Whoever holds a reference into an entry also holds its shard's lock; only the access bits
//!    and the epoch bit, which no reference covers, change through a shared handle.

mod owned;

use std::marker::PhantomData;
use std::ptr::NonNull;

use crate::blob::Blob;
use crate::slab;
pub use owned::OwnedEntry;

const KIND_MASK: u8 = 0b11;
const KIND_BYTES: u8 = 0;
const KIND_INT: u8 = 1;
const KIND_BLOB: u8 = 2;
const KIND_OBJECT: u8 = 3;
const HAS_DEADLINE: u8 = 1 << 2;
const EPOCH: u8 = 1 << 3;
const INT_SHIFT: u8 = 4;

/// The longest value that is kept inside its entry.
pub const INLINE_MAX: usize = 128;
/// The latest deadline that an entry can hold, in milliseconds since 1970.
pub const DEADLINE_MAX: u64 = (1 << 48) - 1;

/// What a key holds, as its entry shows it.
pub enum Payload<'a, V> {
    /// A short string.
    Bytes(&'a [u8]),
    /// A string that is the decimal form of an integer.
    Int(i64),
    /// A long string.
    Blob(&'a Blob),
    /// Any other value.
    Object(&'a V),
}

/// A value on its way into an entry.
pub enum Put<'a, V> {
    /// A string, copied into the entry or, past `INLINE_MAX`, into a blob.
    Bytes(&'a [u8]),
    /// A string that is the decimal form of an integer.
    Int(i64),
    /// A long string, taken as it is.
    Blob(Blob),
    /// Any other value.
    Object(Box<V>),
}

/// The address of an entry; what it may be used for is up to its holder (invariant 2).
pub(crate) struct Raw<V> {
    pub(crate) at: NonNull<u8>,
    holds: PhantomData<V>,
}

impl<V> Clone for Raw<V> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<V> Copy for Raw<V> {}

/// Read access to an entry of a table.
pub struct EntryRef<'a, V> {
    raw: Raw<V>,
    table: PhantomData<&'a V>,
}

impl<V> Clone for EntryRef<'_, V> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<V> Copy for EntryRef<'_, V> {}

/// A value that left its entry; dropping it frees it.
pub enum Detached<V> {
    /// It was inside the entry.
    Inline,
    /// A long string.
    Blob(Blob),
    /// Any other value.
    Object(Box<V>),
}

impl<V> Raw<V> {
    pub(crate) fn from_address(at: NonNull<u8>) -> Raw<V> {
        Raw { at, holds: PhantomData }
    }

    /// A new entry in memory of its own.
    pub(crate) fn new(key: &[u8], put: Put<'_, V>, deadline: Option<u64>, epoch: bool) -> Raw<V> {
        let put = outsource(put);
        let size = HEAD + deadline.map_or(0, |_| 6) + varint_size(key.len()) + key.len();
        let raw = Raw::allocate(size + payload_size(&put));
        let flags =
            if deadline.is_some() { HAS_DEADLINE } else { 0 } | if epoch { EPOCH } else { 0 };
        let mut at = HEAD;
        raw.write(0, &[flags, 0, 0, 0]);
        if let Some(ms) = deadline {
            raw.write(at, &ms.min(DEADLINE_MAX).to_le_bytes()[..6]);
            at += 6;
        }
        at += raw.write_varint(at, key.len());
        raw.write(at, key);
        raw.write_payload(at + key.len(), put);
        raw
    }

    /// Replaces the value; gives the entry's new address, which may be the old one.
    pub(crate) fn replace(self, put: Put<'_, V>) -> (Raw<V>, Detached<V>) {
        let payload_at = self.payload_at();
        if let Put::Int(value) = put
            && self.is_int_of_width(int_width(value))
        {
            // Counters come here.
            self.write(payload_at, &value.to_le_bytes()[..int_width(value)]);
            return (self, Detached::Inline);
        }
        let put = outsource(put);
        let old_size = self.size();
        let old = self.take_payload();
        let new_size = payload_at + payload_size(&put);
        if slab::footprint(new_size) == slab::footprint(old_size) {
            self.write_payload(payload_at, put);
            return (self, old);
        }
        let raw = Raw::allocate(new_size);
        raw.write(0, self.slice(0, payload_at));
        raw.write_payload(payload_at, put);
        self.free_block(old_size);
        (raw, old)
    }

    #[inline]
    fn is_int_of_width(self, width: usize) -> bool {
        let flags = self.flags();
        flags & KIND_MASK == KIND_INT && usize::from(flags >> INT_SHIFT) + 1 == width
    }

    /// Sets or clears the deadline; gives the entry's new address, which may be the old one.
    pub(crate) fn set_deadline(self, deadline: Option<u64>) -> Raw<V> {
        let had = self.flags() & HAS_DEADLINE != 0;
        if let (true, Some(ms)) = (had, deadline) {
            self.write(HEAD, &ms.min(DEADLINE_MAX).to_le_bytes()[..6]);
            return self;
        }
        if !had && deadline.is_none() {
            return self;
        }
        let (old_size, payload_at) = (self.size(), self.payload_at());
        let (from, to) = if had { (HEAD + 6, HEAD) } else { (HEAD, HEAD + 6) };
        let new_payload_at = payload_at - from + to;
        // The padding in front of a pointer is not the same behind the move.
        let payload_size = if self.has_pointer() { 8 } else { old_size - payload_at };
        let raw = Raw::allocate(new_payload_at + payload_size);
        raw.write(0, self.slice(0, HEAD));
        raw.write(0, &[self.flags() ^ HAS_DEADLINE]);
        if let Some(ms) = deadline {
            raw.write(HEAD, &ms.min(DEADLINE_MAX).to_le_bytes()[..6]);
        }
        raw.write(to, self.slice(from, payload_at - from));
        match self.take_payload() {
            Detached::Inline => {
                raw.write(new_payload_at, self.slice(payload_at, old_size - payload_at));
            }
            Detached::Blob(blob) => raw.write_payload(new_payload_at, Put::Blob(blob)),
            Detached::Object(object) => raw.write_payload(new_payload_at, Put::Object(object)),
        }
        self.free_block(old_size);
        raw
    }

    /// Moves the entry to other memory.
    pub(crate) fn moved(self) -> Raw<V> {
        let size = self.size();
        let raw = Raw::allocate(size);
        raw.write(0, self.slice(0, size));
        // SAFETY: allocated by `allocate` with a size of the same footprint (invariant 1). What
        // the payload owns is now the new entry's: its bytes are copied, its offset is the same.
        unsafe { slab::release_moved(self.at, size) };
        raw
    }

    #[inline]
    pub(crate) fn flags(self) -> u8 {
        // SAFETY: every entry begins with its flags.
        unsafe { *self.at.as_ptr() }
    }

    #[inline]
    pub(crate) fn deadline(self) -> Option<u64> {
        (self.flags() & HAS_DEADLINE != 0).then(|| {
            let mut ms = [0; 8];
            ms[..6].copy_from_slice(self.slice(HEAD, 6));
            u64::from_le_bytes(ms)
        })
    }

    #[inline]
    fn key_len_at(self) -> usize {
        HEAD + usize::from(self.flags() & HAS_DEADLINE != 0) * 6
    }

    #[inline]
    pub(crate) fn key<'a>(self) -> &'a [u8] {
        let at = self.key_len_at();
        let (len, used) = self.read_varint(at);
        self.slice(at + used, len)
    }

    #[inline]
    fn payload_at(self) -> usize {
        let at = self.key_len_at();
        let (len, used) = self.read_varint(at);
        at + used + len
    }

    #[inline]
    fn payload<'a>(self) -> Payload<'a, V> {
        let at = self.payload_at();
        match self.flags() & KIND_MASK {
            KIND_BYTES => {
                let (len, used) = self.read_varint(at);
                Payload::Bytes(self.slice(at + used, len))
            }
            KIND_INT => Payload::Int(self.read_int(at)),
            // SAFETY: this kind's payload is a `Blob`, which is one pointer; unaligned reading is
            // not possible through a reference, so `write_payload` aligns it to 8 (see there).
            KIND_BLOB => Payload::Blob(unsafe { &*self.pointer_at(at).cast::<Blob>() }),
            // SAFETY: this kind's payload is a `Box<V>`, which is one pointer.
            _ => Payload::Object(unsafe { &**self.pointer_at(at).cast::<Box<V>>() }),
        }
    }

    /// Pointers lie on the next multiple of 8 behind the key, so that references may point at them.
    #[inline]
    fn pointer_at(self, at: usize) -> *mut u8 {
        // SAFETY: the size of an entry with a pointer counts the padding (`payload_size`).
        unsafe { self.at.as_ptr().add(at.next_multiple_of(8)) }
    }

    fn has_pointer(self) -> bool {
        matches!(self.flags() & KIND_MASK, KIND_BLOB | KIND_OBJECT)
    }

    pub(crate) fn blob_mut<'a>(self) -> Option<&'a mut Blob> {
        let is_blob = self.flags() & KIND_MASK == KIND_BLOB;
        // SAFETY: the payload is a `Blob`; the caller holds the table's only reference.
        is_blob.then(|| unsafe { &mut *self.pointer_at(self.payload_at()).cast::<Blob>() })
    }

    #[inline]
    pub(crate) fn object<'a>(self) -> Option<&'a V> {
        let is_object = self.flags() & KIND_MASK == KIND_OBJECT;
        // SAFETY: the payload is a `Box<V>`, and nobody changes it meanwhile: whoever could holds
        // the table's only reference and is the one that asks.
        is_object.then(|| unsafe { &**self.pointer_at(self.payload_at()).cast::<Box<V>>() })
    }

    pub(crate) fn object_mut<'a>(self) -> Option<&'a mut V> {
        let is_object = self.flags() & KIND_MASK == KIND_OBJECT;
        // SAFETY: the payload is a `Box<V>`; the caller holds the table's only reference.
        is_object.then(|| unsafe { &mut **self.pointer_at(self.payload_at()).cast::<Box<V>>() })
    }

    /// Bytes of content, from which the allocation's size follows (invariant 1).
    fn size(self) -> usize {
        let at = self.payload_at();
        match self.flags() & KIND_MASK {
            KIND_BYTES => {
                let (len, used) = self.read_varint(at);
                at + used + len
            }
            KIND_INT => at + usize::from(self.flags() >> INT_SHIFT) + 1,
            _ => at.next_multiple_of(8) + 8,
        }
    }

    /// Reads the value out; the entry must be given another one or be freed without it.
    fn take_payload(self) -> Detached<V> {
        let at = self.payload_at();
        match self.flags() & KIND_MASK {
            // SAFETY: the payload is a `Blob`, read once: the caller overwrites or frees it.
            KIND_BLOB => Detached::Blob(unsafe { self.pointer_at(at).cast::<Blob>().read() }),
            // SAFETY: the payload is a `Box<V>`, read once.
            KIND_OBJECT => Detached::Object(unsafe { self.pointer_at(at).cast::<Box<V>>().read() }),
            _ => Detached::Inline,
        }
    }

    fn write_payload(self, at: usize, put: Put<'_, V>) {
        let flags = self.flags() & (HAS_DEADLINE | EPOCH);
        match put {
            Put::Bytes(bytes) => {
                self.write(0, &[flags | KIND_BYTES]);
                let used = self.write_varint(at, bytes.len());
                self.write(at + used, bytes);
            }
            Put::Int(value) => {
                let width = int_width(value);
                self.write(0, &[flags | KIND_INT | ((width - 1) as u8) << INT_SHIFT]);
                self.write(at, &value.to_le_bytes()[..width]);
            }
            Put::Blob(blob) => {
                self.write(0, &[flags | KIND_BLOB]);
                // SAFETY: in bounds and aligned (`pointer_at`).
                unsafe { self.pointer_at(at).cast::<Blob>().write(blob) };
            }
            Put::Object(object) => {
                self.write(0, &[flags | KIND_OBJECT]);
                // SAFETY: in bounds and aligned (`pointer_at`).
                unsafe { self.pointer_at(at).cast::<Box<V>>().write(object) };
            }
        }
    }

    pub(crate) fn free(self) -> Detached<V> {
        let size = self.size();
        let payload = self.take_payload();
        self.free_block(size);
        payload
    }

    fn allocate(size: usize) -> Raw<V> {
        Raw::from_address(slab::allocate(size))
    }

    fn free_block(self, size: usize) {
        // SAFETY: allocated by `allocate` with a size of the same footprint (invariant 1).
        unsafe { slab::release(self.at, size) };
    }

    #[inline]
    fn slice<'a>(self, at: usize, len: usize) -> &'a [u8] {
        // SAFETY: callers stay within the content, which is initialised.
        unsafe { std::slice::from_raw_parts(self.at.as_ptr().add(at), len) }
    }

    #[inline]
    fn write(self, at: usize, bytes: &[u8]) {
        // SAFETY: callers stay within the allocation; no reference to these bytes is held.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.at.as_ptr().add(at), bytes.len());
        }
    }

    #[inline]
    fn read_varint(self, at: usize) -> (usize, usize) {
        let first = self.slice(at, 1)[0];
        match first {
            0..0x80 => (usize::from(first), 1),
            0x80..0xC0 => {
                (usize::from(first & 0x3F) << 8 | usize::from(self.slice(at + 1, 1)[0]), 2)
            }
            _ => {
                let mut len = [0; 4];
                len.copy_from_slice(self.slice(at + 1, 4));
                (u32::from_le_bytes(len) as usize, 5)
            }
        }
    }

    fn write_varint(self, at: usize, len: usize) -> usize {
        match len {
            0..0x80 => self.write(at, &[len as u8]),
            0x80..0x4000 => self.write(at, &[0x80 | (len >> 8) as u8, len as u8]),
            _ => {
                let len = u32::try_from(len).expect("the protocol keeps keys below 4 GiB");
                self.write(at, &[0xC0]);
                self.write(at + 1, &len.to_le_bytes());
            }
        }
        varint_size(len)
    }

    #[inline]
    fn read_int(self, at: usize) -> i64 {
        let width = usize::from(self.flags() >> INT_SHIFT) + 1;
        let mut bytes = [0; 8];
        bytes[..width].copy_from_slice(self.slice(at, width));
        let unused = 64 - 8 * width as u32;
        i64::from_le_bytes(bytes) << unused >> unused
    }
}

const HEAD: usize = 4;

fn outsource<V>(put: Put<'_, V>) -> Put<'_, V> {
    match put {
        Put::Bytes(bytes) if bytes.len() > INLINE_MAX => Put::Blob(Blob::new(bytes)),
        put => put,
    }
}

/// Bytes of a payload; seven more than a pointer needs stand for its alignment, which
/// `Raw::size` knows exactly: both round up to the same multiple of 8.
fn payload_size<V>(put: &Put<'_, V>) -> usize {
    match put {
        Put::Bytes(bytes) => varint_size(bytes.len()) + bytes.len(),
        Put::Int(value) => int_width(*value),
        Put::Blob(_) | Put::Object(_) => 8,
    }
}

fn varint_size(len: usize) -> usize {
    match len {
        0..0x80 => 1,
        0x80..0x4000 => 2,
        _ => 5,
    }
}

fn int_width(value: i64) -> usize {
    let magnitude = if value < 0 { !value } else { value };
    (65 - magnitude.leading_zeros() as usize).div_ceil(8)
}

impl<'a, V> EntryRef<'a, V> {
    #[inline]
    pub(crate) fn new(raw: Raw<V>) -> EntryRef<'a, V> {
        EntryRef { raw, table: PhantomData }
    }

    /// The key.
    #[inline]
    pub fn key(self) -> &'a [u8] {
        self.raw.key()
    }

    /// The value.
    #[inline]
    pub fn payload(self) -> Payload<'a, V> {
        self.raw.payload()
    }

    /// When the key expires, in milliseconds since 1970.
    #[inline]
    pub fn expire_at_ms(self) -> Option<u64> {
        self.raw.deadline()
    }

    /// The 24 bits that eviction policies keep.
    #[inline]
    pub fn access(self) -> u32 {
        let bytes = self.raw.slice(1, 3);
        u32::from(bytes[0]) | u32::from(bytes[1]) << 8 | u32::from(bytes[2]) << 16
    }

    /// Sets the 24 bits that eviction policies keep.
    #[inline]
    pub fn set_access(self, bits: u32) {
        self.raw.write(1, &bits.to_le_bytes()[..3]);
    }

    /// The epoch bit, by which a snapshot tells saved entries from unsaved ones.
    pub fn epoch(self) -> bool {
        self.raw.flags() & EPOCH != 0
    }

    /// Sets the epoch bit.
    pub fn set_epoch(self, epoch: bool) {
        let flags = self.raw.flags() & !EPOCH;
        self.raw.write(0, &[flags | if epoch { EPOCH } else { 0 }]);
    }

    #[cfg(test)]
    pub(crate) fn address(self) -> NonNull<u8> {
        self.raw.at
    }

    /// Bytes of the entry's own allocation.
    pub fn allocated(self) -> usize {
        slab::footprint(self.raw.size())
    }
}
