//! Bytes that several owners may hold: long strings, shared with replies and snapshots.
//!
//! A blob is one thin pointer, as an entry has eight bytes for it. Who wants to change the bytes
//! must be their only owner; the count says so with one load. Blobs of some megabytes are mappings
//! (`mapping.rs`): they grow without a copy, and zeros at their end cost nothing.
//!
//! # Layout
//!
//! ```text
//! +----------+---------+---------+--------+--------+---------------- - - -
//! | refs u32 | len>>32 | cap>>32 | len    | cap    | bytes
//! |          | u16     | u16     | u32    | u32    | cap of them, len used
//! +----------+---------+---------+--------+--------+---------------- - - -
//! ```
//!
//! # Invariants
//!
//! 1. `len <= cap`, both below 2^48; the first `len` bytes are initialised.
//! 2. The bytes change only through `&mut Blob` while `refs` is 1.
//! 3. The capacity of a mapping is all of it: what it gets beyond it as it grows is zero.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error, realloc};
use std::fmt;
use std::ops::Deref;
use std::ptr::NonNull;

use crate::prefetch::prefetch_read;
use crate::sync::{BlobCount as AtomicU32, Ordering, fence};
use crate::{mapping, slab};

/// Bytes of the count: 4, but more in loom's models.
const REFS: usize = size_of::<AtomicU32>();
const HEADER: usize = (REFS + 12).next_multiple_of(8);

/// Reference-counted bytes behind one thin pointer.
pub struct Blob(NonNull<u8>);

// SAFETY: the count is atomic, and the bytes are changed only by an only owner (invariant 2).
unsafe impl Send for Blob {}
// SAFETY: as above; `&Blob` gives read access alone.
unsafe impl Sync for Blob {}

impl Blob {
    /// A blob with a copy of `bytes` and room for no more.
    pub fn new(bytes: &[u8]) -> Blob {
        let mut blob = Blob::with_capacity(bytes.len());
        blob.extend(bytes);
        blob
    }

    /// An empty blob with room for `cap` bytes.
    pub fn with_capacity(cap: usize) -> Blob {
        let at = obtain(cap);
        let mut blob = Blob(at);
        // SAFETY: the block is at least a header long and aligned to 8.
        unsafe { at.cast::<AtomicU32>().write(AtomicU32::new(1)) };
        blob.write_sizes(0, held(cap));
        blob
    }

    /// An empty blob that is to be `len` bytes long soon. It gets its room now, unless it will be
    /// cheaper to `resize` it then.
    pub fn to_fill(len: usize) -> Blob {
        Blob::with_capacity(if mapping::holds(size(len)) { 0 } else { len })
    }

    /// Asks for all of a short blob's bytes to be brought near at once.
    #[inline]
    pub fn prefetch(&self) {
        const LINE: usize = 64;
        for at in (0..self.len()).step_by(LINE) {
            prefetch_read(self.as_ptr().wrapping_add(at));
        }
    }

    /// Number of bytes.
    #[inline]
    pub fn len(&self) -> usize {
        let (low, high) = (self.half(4), self.sixteen(0));
        low as usize | (high as usize) << 32
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Room for bytes, the used ones included.
    pub fn capacity(&self) -> usize {
        let (low, high) = (self.half(8), self.sixteen(2));
        low as usize | (high as usize) << 32
    }

    /// Whether nobody else holds these bytes.
    pub fn is_unique(&self) -> bool {
        let unique = self.refs().load(Ordering::Relaxed) == 1;
        if unique {
            fence(Ordering::Acquire);
        }
        unique
    }

    /// The bytes, for changing; copies them first if somebody else holds them too.
    pub fn make_mut(&mut self) -> &mut [u8] {
        self.unshare(self.len());
        let len = self.len();
        // SAFETY: `unshare` made this the only owner; `len` bytes are initialised (invariant 1).
        unsafe { std::slice::from_raw_parts_mut(self.0.as_ptr().add(HEADER), len) }
    }

    /// Appends bytes; room grows to twice what is needed, by at most 1 MiB beyond it.
    pub fn extend(&mut self, bytes: &[u8]) {
        let (old, new) = (self.len(), self.len() + bytes.len());
        self.unshare(new);
        if new > self.capacity() {
            let spare = if old == 0 { 0 } else { new.min(1 << 20) };
            self.set_capacity(new + spare);
        }
        // SAFETY: this is the only owner and has room for `new` bytes.
        unsafe {
            let end = self.0.as_ptr().add(HEADER + old);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), end, bytes.len());
        }
        let cap = self.capacity();
        self.write_sizes(new, cap);
    }

    /// Makes the blob `len` bytes long; new bytes are zero.
    pub fn resize(&mut self, len: usize) {
        let old = self.len();
        self.unshare(if mapping::holds(size(len)) { old.min(len) } else { len });
        let before = self.capacity();
        if len > before {
            self.set_capacity(len);
        }
        // The rest of a mapping that has just grown is zero already (invariant 3).
        let dirty = if len > before && mapping::holds(size(len)) { before } else { len };
        if dirty > old {
            // SAFETY: this is the only owner and has room for `len` bytes, and `dirty` is no more.
            unsafe { self.0.as_ptr().add(HEADER + old).write_bytes(0, dirty - old) };
        }
        let cap = self.capacity();
        self.write_sizes(len, cap);
    }

    /// Replaces `old` bytes at `at` by `new` others, which the caller fills in: they hold what was
    /// there. Room beyond what is needed is at most `spare` and what the allocator gives anyway;
    /// it is given back when more than half is unused.
    pub fn splice(&mut self, at: usize, old: usize, new: usize, spare: usize) -> &mut [u8] {
        let before = self.len();
        assert!(at + old <= before, "inside of the blob");
        let len = before - old + new;
        let room = room(HEADER + len + spare) - HEADER;
        self.unshare(room);
        if len > self.capacity() {
            self.set_capacity(room);
        }
        // SAFETY: this is the only owner, and both places end within the capacity.
        unsafe {
            let bytes = self.0.as_ptr().add(HEADER);
            bytes.add(before).write_bytes(0, len.saturating_sub(before));
            std::ptr::copy(bytes.add(at + old), bytes.add(at + new), before - at - old);
        }
        let cap = self.capacity();
        self.write_sizes(len, cap);
        if cap > 2 * room {
            self.set_capacity(room);
        }
        &mut self.make_mut()[at..at + new]
    }

    /// Bytes of the allocation.
    pub fn allocated(&self) -> usize {
        let size = size(self.capacity());
        if mapping::holds(size) { mapping::footprint(size) } else { slab::footprint(size) }
    }

    /// The address, for who keeps it among other bytes; the ownership goes along.
    pub(crate) fn into_address(self) -> usize {
        std::mem::ManuallyDrop::new(self).0.as_ptr().expose_provenance()
    }

    /// The blob at an address.
    ///
    /// # Safety
    ///
    /// The address comes from `into_address`, and so does the ownership.
    pub(crate) unsafe fn from_address(address: usize) -> Blob {
        let at = std::ptr::with_exposed_provenance_mut::<u8>(address);
        Blob(NonNull::new(at).expect("addresses of blobs are not null"))
    }

    fn unshare(&mut self, room: usize) {
        if !self.is_unique() {
            let mut own = Blob::with_capacity(room.max(self.len()));
            own.extend(self);
            *self = own;
        }
    }

    fn set_capacity(&mut self, cap: usize) {
        let (len, old) = (self.len(), self.capacity());
        self.0 = match (home(old), home(cap)) {
            (Home::General, Home::General) => {
                let (old, new) = (layout(old), layout(cap));
                // SAFETY: the block was allocated with `old`, and this is its only owner.
                let at = unsafe { realloc(self.0.as_ptr(), old, new.size()) };
                NonNull::new(at).unwrap_or_else(|| handle_alloc_error(new))
            }
            (Home::Mapping, Home::Mapping) => {
                let (old, new) = (mapping::rounded(size(old)), mapping::rounded(size(cap)));
                // SAFETY: the block is a mapping of this length, and this is its only owner.
                unsafe { mapping::resize(self.0, old, new) }
            }
            (Home::Slab | Home::General | Home::Mapping, to) => {
                let at = match to {
                    Home::Mapping => mapping::obtain_zeros(mapping::rounded(size(cap))),
                    Home::Slab | Home::General => obtain(cap),
                };
                // SAFETY: both blocks have room for a header and `len` bytes.
                unsafe {
                    std::ptr::copy_nonoverlapping(self.0.as_ptr(), at.as_ptr(), HEADER + len);
                }
                // SAFETY: nobody else owns the old block, and it is left behind here.
                unsafe { give_back(self.0, old) };
                at
            }
        };
        self.write_sizes(len, held(cap));
    }

    fn refs(&self) -> &AtomicU32 {
        // SAFETY: the header begins with the count, written when the blob was made.
        unsafe { self.0.cast::<AtomicU32>().as_ref() }
    }

    fn half(&self, offset: usize) -> u32 {
        // SAFETY: within the header, aligned, written when the blob was made.
        unsafe { self.0.add(REFS + offset).cast::<u32>().read() }
    }

    fn sixteen(&self, offset: usize) -> u16 {
        // SAFETY: within the header, aligned, written when the blob was made.
        unsafe { self.0.add(REFS + offset).cast::<u16>().read() }
    }

    fn write_sizes(&mut self, len: usize, cap: usize) {
        assert!(len <= cap && cap < 1 << 48, "invariant 1");
        // SAFETY: the header's fields, in bounds and aligned; this is the only owner.
        unsafe {
            self.0.add(REFS).cast::<u16>().write((len >> 32) as u16);
            self.0.add(REFS + 2).cast::<u16>().write((cap >> 32) as u16);
            self.0.add(REFS + 4).cast::<u32>().write(len as u32);
            self.0.add(REFS + 8).cast::<u32>().write(cap as u32);
        }
    }
}

/// Bytes of the block of a blob with this capacity.
fn size(cap: usize) -> usize {
    (HEADER + cap).next_multiple_of(8)
}

/// Where a block comes from.
enum Home {
    Slab,
    General,
    Mapping,
}

/// Where a blob with this capacity lies.
fn home(cap: usize) -> Home {
    if slab::holds(size(cap)) {
        Home::Slab
    } else if mapping::holds(size(cap)) {
        Home::Mapping
    } else {
        Home::General
    }
}

/// Bytes that a block of this size has.
fn room(size: usize) -> usize {
    if mapping::holds(size) { mapping::rounded(size) } else { slab::footprint(size) }
}

/// The capacity that a blob gets that asks for this one (invariant 3).
fn held(cap: usize) -> usize {
    if mapping::holds(size(cap)) { mapping::rounded(size(cap)) - HEADER } else { cap }
}

/// A block for a blob that comes from the general allocator.
fn layout(cap: usize) -> Layout {
    Layout::from_size_align(size(cap), 8).expect("sizes stay far below isize::MAX")
}

/// A block for a blob with this capacity.
fn obtain(cap: usize) -> NonNull<u8> {
    match home(cap) {
        Home::Slab => slab::allocate(size(cap)),
        Home::Mapping => mapping::obtain(mapping::rounded(size(cap))),
        Home::General => {
            let layout = layout(cap);
            // SAFETY: the layout has a header, so its size is not zero.
            let at = unsafe { alloc(layout) };
            NonNull::new(at).unwrap_or_else(|| handle_alloc_error(layout))
        }
    }
}

/// # Safety
///
/// The block comes from `obtain` with this capacity, and nobody uses it any more.
unsafe fn give_back(at: NonNull<u8>, cap: usize) {
    // SAFETY: the caller's contract; `obtain` chose by the same rule.
    unsafe {
        match home(cap) {
            Home::Slab => slab::release(at, size(cap)),
            Home::Mapping => mapping::give_back(at, mapping::rounded(size(cap))),
            Home::General => dealloc(at.as_ptr(), layout(cap)),
        }
    }
}

impl Deref for Blob {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        // SAFETY: `len` bytes are initialised (invariant 1) and unchanged while shared.
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().add(HEADER), self.len()) }
    }
}

impl AsRef<[u8]> for Blob {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Clone for Blob {
    fn clone(&self) -> Blob {
        let before = self.refs().fetch_add(1, Ordering::Relaxed);
        assert!(before < u32::MAX / 2, "too many owners of one blob");
        Blob(self.0)
    }
}

impl Drop for Blob {
    fn drop(&mut self) {
        if self.refs().fetch_sub(1, Ordering::Release) == 1 {
            fence(Ordering::Acquire);
            // SAFETY: that was the last owner.
            unsafe { give_back(self.0, self.capacity()) };
        }
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.len())
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_shared_blob_is_copied_before_it_changes() {
        let mut a = Blob::new(b"hello");
        let b = a.clone();
        a.extend(b" world");
        assert_eq!((&*a, &*b), (&b"hello world"[..], &b"hello"[..]));
        a.make_mut()[0] = b'J';
        a.resize(12);
        assert_eq!(&*a, b"Jello world\0");
        assert!(a.is_unique() && b.is_unique());
    }

    #[test]
    fn splices_move_what_is_behind_them_and_leave_sharers_alone() {
        let mut blob = Blob::new(b"hello world");
        let before = blob.clone();
        blob.splice(5, 1, 3, 0).copy_from_slice(b", -");
        assert_eq!((&*blob, &*before), (&b"hello, -world"[..], &b"hello world"[..]));
        blob.splice(0, 8, 0, 0);
        blob.splice(5, 0, 1, 0)[0] = b'!';
        assert_eq!(&*blob, b"world!");
        let mut long = Blob::new(&[7; 5000]);
        long.splice(100, 4800, 0, 0);
        assert!(long.len() == 200 && long.capacity() < 400 && long.iter().all(|&byte| byte == 7));
        long.splice(200, 0, 4000, 500).fill(7);
        assert!(long.capacity() >= 4500 && long.iter().all(|&byte| byte == 7));
    }

    #[test]
    fn long_blobs_are_zero_where_nobody_wrote() {
        let mut blob = Blob::new(b"x");
        blob.resize(9 << 20);
        blob.make_mut()[(9 << 20) - 1] = b'y';
        let shared = blob.clone();
        blob.resize(5 << 20);
        blob.make_mut().fill(b'z');
        blob.splice(1, 4 << 20, 0, 0);
        assert!(blob.capacity() < 5 << 20);
        blob.resize(20 << 20);
        let (old, new) = blob.split_at(1 << 20);
        assert!(old.iter().all(|&byte| byte == b'z') && new.iter().all(|&byte| byte == 0));
        assert_eq!((shared[0], shared[1], shared.last()), (b'x', 0, Some(&b'y')));
    }

    #[test]
    fn appends_grow_in_few_steps() {
        let mut blob = Blob::new(b"x");
        let mut steps = 0;
        for _ in 0..100_000 {
            let before = blob.capacity();
            blob.extend(b"y");
            steps += u32::from(blob.capacity() != before);
        }
        assert!(blob.len() == 100_001 && steps < 20, "{steps}");
    }
}
