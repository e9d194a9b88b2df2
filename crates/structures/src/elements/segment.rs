//! One block of elements whose positions lie next to each other.
//!
//! A look-up reads the fingerprints, sixteen at a time, then one offset and one element. The block
//! begins small and grows in the sizes that the allocator has anyway; a full one is split by
//! `map`. Removing moves what lies behind, so that no block has holes: that is a copy of 4 KiB at
//! most on average, where a list of holes would cost memory in every table.
//!
//! # Layout
//!
//! ```text
//! +-------+-------+------+-------+---------+-----------------+----------------+---------- - -
//! | count | bytes | used | len   | slots   | fingerprints    | offsets        | elements
//! | u32   | u32   | u32  | u8    | outside | u8 for a slot   | u16 for a slot | see `codec`
//! +-------+-------+------+-------+---------+-----------------+----------------+---------- - -
//! ```
//!
//! A fingerprint is the lowest byte of a position; an offset counts from the first element.
//!
//! # Invariants
//!
//! 1. `len <= slots`, which is a multiple of 16 up to `SLOTS_MAX`; `bytes <= BLOCK_MAX`.
//! 2. The elements take the first `used` bytes of their room, in any order, without holes.
//! 3. The whole block is initialised. It changes only while the count is one.
//! 4. `outside` is the number of elements that stand outside; the block owns one count of each.

use std::ptr::NonNull;

use super::codec::{self, Pair};
use super::count::Count;
use super::map::PayloadKind;
use crate::prefetch::prefetch_read;
use crate::slab;

/// The most elements in one segment.
pub(super) const SLOTS_MAX: usize = 64;
/// The largest block.
pub(super) const BLOCK_MAX: usize = 8192;
const GROUP: usize = 16;
const HEAD: usize = size_of::<Head>();

#[repr(C, align(8))]
struct Head {
    count: Count,
    bytes: u32,
    used: u32,
    len: u8,
    slots: u8,
    outside: u8,
}

/// A counted block of elements.
pub(super) struct Segment(NonNull<Head>);

// SAFETY: the count is atomic, and the block changes only while it is one (invariant 3).
unsafe impl Send for Segment {}
// SAFETY: as above; `&Segment` gives read access alone.
unsafe impl Sync for Segment {}

impl Segment {
    /// An empty segment with room for `len` elements of `used` bytes together; what the allocator
    /// gives beyond that serves more elements of the same size.
    pub(super) fn with_room(len: usize, used: usize) -> Segment {
        let needed = HEAD + 3 * slots_for(len) + used;
        let bytes = slab::segment_footprint(needed).clamp(needed, BLOCK_MAX);
        let each = 3 + used / len.max(1);
        let fitting = (bytes - HEAD - used) / 3 / GROUP * GROUP;
        let slots = slots_for(len + (bytes - needed) / each).min(fitting);
        let at = slab::allocate_segment(bytes);
        let head = Head {
            count: Count::one(),
            bytes: bytes as u32,
            used: 0,
            len: 0,
            slots: slots as u8,
            outside: 0,
        };
        // SAFETY: the block is new, `bytes` long, which is at least a head, and aligned to 8.
        unsafe {
            at.cast::<Head>().write(head);
            at.add(HEAD).write_bytes(0, bytes - HEAD);
        }
        Segment(at.cast())
    }

    #[inline(always)]
    fn head(&self) -> &Head {
        // SAFETY: the block begins with a head and lives as long as its owners.
        unsafe { self.0.as_ref() }
    }

    fn head_mut(&mut self) -> &mut Head {
        assert!(self.is_unique(), "invariant 3");
        // SAFETY: as above, and nobody else has the block.
        unsafe { self.0.as_mut() }
    }

    /// Everything behind the head.
    #[inline(always)]
    fn body(&self) -> &[u8] {
        let len = self.head().bytes as usize - HEAD;
        // SAFETY: the block has this many bytes behind its head, all initialised (invariant 3).
        unsafe { std::slice::from_raw_parts(self.0.as_ptr().cast::<u8>().add(HEAD), len) }
    }

    fn body_mut(&mut self) -> &mut [u8] {
        let len = self.head_mut().bytes as usize - HEAD;
        // SAFETY: as above; `head_mut` saw that nobody else has the block.
        unsafe { std::slice::from_raw_parts_mut(self.0.as_ptr().cast::<u8>().add(HEAD), len) }
    }

    /// Whether nobody else has the block.
    #[inline]
    pub(super) fn is_unique(&self) -> bool {
        self.head().count.is_one()
    }

    /// Number of elements.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.head().len as usize
    }

    /// Bytes of the elements.
    pub(super) fn used(&self) -> usize {
        self.head().used as usize
    }

    /// Bytes of the block.
    pub(super) fn block_bytes(&self) -> usize {
        self.head().bytes as usize
    }

    /// Bytes of the block and of what stands outside.
    pub(super) fn allocated(&self, kind: PayloadKind) -> usize {
        let mut bytes = self.block_bytes();
        if self.head().outside > 0 {
            let raws = (0..self.len()).map(|slot| self.raw(slot, kind));
            bytes +=
                raws.filter(|raw| raw.1).map(|raw| codec::blob_allocated(raw.0)).sum::<usize>();
        }
        bytes
    }

    #[inline(always)]
    fn offset(&self, slot: usize) -> usize {
        let at = self.head().slots as usize + 2 * slot;
        let body = self.body();
        u16::from_le_bytes([body[at], body[at + 1]]) as usize
    }

    /// The bytes from an element on.
    #[inline(always)]
    fn bytes_at(&self, slot: usize) -> &[u8] {
        &self.body()[3 * self.head().slots as usize + self.offset(slot)..]
    }

    /// The bytes of an element, and whether it stands outside.
    fn raw(&self, slot: usize, kind: PayloadKind) -> (&[u8], bool) {
        let bytes = self.bytes_at(slot);
        let (size, outside) = codec::extent(bytes, kind);
        (&bytes[..size], outside)
    }

    /// The lowest byte of an element's position.
    fn fingerprint(&self, slot: usize) -> u8 {
        self.body()[slot]
    }

    /// The element in a slot.
    #[inline(always)]
    pub(super) fn element(&self, slot: usize, kind: PayloadKind) -> Pair<'_> {
        codec::read(self.bytes_at(slot), kind)
    }

    /// All elements.
    pub(super) fn pairs(&self, kind: PayloadKind) -> impl Iterator<Item = Pair<'_>> {
        (0..self.len()).map(move |slot| self.element(slot, kind))
    }

    /// The slots with this fingerprint: bit `i` for slot `i`. All fingerprints are compared, since
    /// a search that ends at the right one is a branch that nothing foretells.
    #[inline(always)]
    fn candidates(&self, fingerprint: u8) -> u64 {
        let body = self.body();
        let found = match body.first_chunk::<SLOTS_MAX>() {
            Some(bytes) => matches_in(bytes, fingerprint),
            None => matches_in(&body[..self.head().slots as usize], fingerprint),
        };
        // What stands behind the last fingerprint may be any byte.
        found & !u64::MAX.checked_shl(self.head().len.into()).unwrap_or(0)
    }

    /// The first slot with this fingerprint that the test accepts.
    #[inline(always)]
    pub(super) fn find(
        &self,
        fingerprint: u8,
        mut test: impl FnMut(usize) -> bool,
    ) -> Option<usize> {
        let mut found = self.candidates(fingerprint);
        while found != 0 {
            let slot = found.trailing_zeros() as usize;
            if test(slot) {
                return Some(slot);
            }
            found &= found - 1;
        }
        None
    }

    /// The slot with this fingerprint that the test accepts, where there surely is one: it is
    /// asked only if there are several.
    #[inline(always)]
    pub(super) fn find_present(
        &self,
        fingerprint: u8,
        test: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let found = self.candidates(fingerprint);
        if found & found.wrapping_sub(1) != 0 {
            return self.find(fingerprint, test);
        }
        (found != 0).then(|| found.trailing_zeros() as usize)
    }

    /// Asks for the head and the fingerprints.
    #[inline(always)]
    pub(super) fn prefetch(&self) {
        let at = self.0.as_ptr().cast::<u8>();
        prefetch_read(at);
        prefetch_read(at.wrapping_add(64));
        prefetch_read(at.wrapping_add(128));
    }

    /// Asks for what says where an element begins.
    #[inline(always)]
    pub(super) fn prefetch_offset(&self, slot: usize) {
        let at = HEAD + self.head().slots as usize + 2 * slot;
        prefetch_read(self.0.as_ptr().cast::<u8>().wrapping_add(at));
    }

    /// Asks for an element, at least its beginning.
    #[inline(always)]
    pub(super) fn prefetch_slot(&self, slot: usize) {
        let bytes = self.bytes_at(slot);
        prefetch_read(bytes.as_ptr());
        prefetch_read(bytes.as_ptr().wrapping_add(32));
    }

    /// Asks for the first element with this fingerprint.
    #[inline(always)]
    pub(super) fn prefetch_element(&self, fingerprint: u8) {
        if let Some(slot) = self.find(fingerprint, |_| true) {
            prefetch_read(self.bytes_at(slot).as_ptr());
        }
    }

    /// Whether one more element of `size` bytes has room in some block.
    pub(super) fn can_hold(&self, size: usize) -> bool {
        let len = self.len() + 1;
        len <= SLOTS_MAX && HEAD + 3 * slots_for(len) + self.used() + size <= BLOCK_MAX
    }

    /// Adds an element, which `can_hold` allowed and which is not there.
    pub(super) fn push(&mut self, fingerprint: u8, pair: Pair<'_>, kind: PayloadKind) {
        let (size, outside) = codec::size(pair, kind);
        self.reserve(size, kind);
        let room = self.append(fingerprint, size, outside);
        codec::write(room, pair, kind, outside);
    }

    /// Gives the next slot to an element; its bytes are still to be written.
    fn append(&mut self, fingerprint: u8, size: usize, outside: bool) -> &mut [u8] {
        let head = self.head_mut();
        let (slot, slots, used) = (head.len as usize, head.slots as usize, head.used as usize);
        head.len += 1;
        head.used += size as u32;
        head.outside += u8::from(outside);
        let body = self.body_mut();
        body[slot] = fingerprint;
        let at = slots + 2 * slot;
        body[at..at + 2].copy_from_slice(&(used as u16).to_le_bytes());
        &mut body[3 * slots + used..][..size]
    }

    /// Sees to it that one more element of `size` bytes has room, in a larger block if need be.
    fn reserve(&mut self, size: usize, kind: PayloadKind) {
        let (len, used) = (self.len() + 1, self.used() + size);
        let head = self.head();
        let slots = head.slots as usize;
        if len > slots || HEAD + 3 * slots + used > head.bytes as usize {
            *self = self.copy(Segment::with_room(len, used), kind);
        }
    }

    /// The elements of this segment in an empty one, which has room for them.
    fn copy(&self, mut to: Segment, kind: PayloadKind) -> Segment {
        let (len, from, head) = (self.len(), self.head(), to.head_mut());
        let (old_slots, slots, used) = (from.slots as usize, head.slots as usize, self.used());
        head.len = from.len;
        head.used = from.used;
        head.outside = from.outside;
        let (bytes, copy) = (self.body(), to.body_mut());
        copy[..len].copy_from_slice(&bytes[..len]);
        copy[slots..slots + 2 * len].copy_from_slice(&bytes[old_slots..old_slots + 2 * len]);
        copy[3 * slots..3 * slots + used].copy_from_slice(&bytes[3 * old_slots..][..used]);
        if from.outside > 0 {
            let raws = (0..len).map(|slot| self.raw(slot, kind)).filter(|raw| raw.1);
            raws.for_each(|raw| codec::share_blob(raw.0));
        }
        to
    }

    /// Adds elements of another segment, for which there is room.
    pub(super) fn extend(
        &mut self,
        from: &Segment,
        slots: impl Iterator<Item = usize>,
        kind: PayloadKind,
    ) {
        for slot in slots {
            let (bytes, outside) = from.raw(slot, kind);
            if outside {
                codec::share_blob(bytes);
            }
            self.append(from.fingerprint(slot), bytes.len(), outside).copy_from_slice(bytes);
        }
    }

    /// A segment with some of the elements of this one.
    pub(super) fn some(
        &self,
        slots: impl Iterator<Item = usize> + Clone,
        kind: PayloadKind,
    ) -> Segment {
        let sizes = slots.clone().map(|slot| self.raw(slot, kind).0.len());
        let (len, used) = sizes.fold((0, 0), |(len, used), size| (len + 1, used + size));
        let mut some = Segment::with_room(len, used);
        some.extend(self, slots, kind);
        some
    }

    /// Takes a copy in place of a block that somebody else has too.
    pub(super) fn unshare(&mut self, kind: PayloadKind) {
        *self = self.copy(Segment::with_room(self.len(), self.used()), kind);
    }

    /// The payload of an element, for changing; nobody else has the block.
    pub(super) fn payload_mut(&mut self, slot: usize, kind: PayloadKind) -> &mut [u8] {
        let at = 3 * self.head().slots as usize + self.offset(slot);
        codec::payload_mut(&mut self.body_mut()[at..], kind)
    }

    /// Removes an element; nobody else has the block.
    pub(super) fn remove(&mut self, slot: usize, kind: PayloadKind) {
        let (bytes, outside) = self.raw(slot, kind);
        let (size, at) = (bytes.len(), self.offset(slot));
        if outside {
            drop(codec::take_blob(bytes));
        }
        let head = self.head_mut();
        let (slots, used) = (head.slots as usize, head.used as usize);
        head.len -= 1;
        head.used -= size as u32;
        head.outside -= u8::from(outside);
        let last = head.len as usize;
        let (tops, elements) = self.body_mut().split_at_mut(3 * slots);
        let (fingerprints, offsets) = tops.split_at_mut(slots);
        let (offsets, _) = offsets[..2 * last + 2].as_chunks_mut();
        close_gap(elements, offsets, (at, size, used), kind);
        fingerprints[slot] = fingerprints[last];
        offsets[slot] = offsets[last];
        if 2 * (HEAD + 3 * slots_for(last) + used - size) < self.block_bytes() {
            *self = self.copy(Segment::with_room(last, used - size), kind);
        }
    }
}

/// Makes the elements lie without holes again when the one of `size` bytes at `at` is gone. Where
/// the last one is as long, as in most tables, it moves into the gap; else all behind it move up.
fn close_gap(
    elements: &mut [u8],
    offsets: &mut [[u8; 2]],
    (at, size, used): (usize, usize, usize),
    kind: PayloadKind,
) {
    let last = used - size;
    if at == last {
        return;
    }
    // An element that begins there may be shorter, and others behind it.
    let is_last = |offset: &&mut [u8; 2]| usize::from(u16::from_le_bytes(**offset)) == last;
    if let Some(offset) = offsets.iter_mut().find(is_last)
        && codec::extent(&elements[last..used], kind).0 == size
    {
        elements.copy_within(last..used, at);
        *offset = (at as u16).to_le_bytes();
        return;
    }
    elements.copy_within(at + size..used, at);
    for offset in offsets {
        let old = u16::from_le_bytes(*offset);
        let moved = if old as usize > at { old - size as u16 } else { old };
        *offset = moved.to_le_bytes();
    }
}

fn slots_for(len: usize) -> usize {
    len.next_multiple_of(GROUP).clamp(GROUP, SLOTS_MAX)
}

/// Which of at most 128 bytes, whole groups of them, equal a byte: bit `i` for byte `i`.
#[inline(always)]
fn matches_in(bytes: &[u8], byte: u8) -> u64 {
    let (groups, _) = bytes.as_chunks::<GROUP>();
    let found = groups.iter().enumerate();
    found.fold(0, |found, (at, group)| found | u64::from(matches(group, byte)) << (at * GROUP))
}

/// Which bytes of a group equal a byte: bit `i` for byte `i`.
#[inline(always)]
fn matches(group: &[u8; GROUP], byte: u8) -> u32 {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{
            __m128i, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8,
        };
        // SAFETY: every processor of this family has these instructions, and the load is of the
        // sixteen bytes of the group, at any alignment.
        unsafe {
            let bytes = _mm_loadu_si128(group.as_ptr().cast::<__m128i>());
            _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte as i8))) as u32
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let equal = group.iter().enumerate().map(|(i, &other)| u32::from(other == byte) << i);
        equal.sum()
    }
}

impl Clone for Segment {
    fn clone(&self) -> Segment {
        self.head().count.share();
        Segment(self.0)
    }
}

impl Segment {
    /// Drops the blobs of the elements that stand outside.
    #[cold]
    fn drop_outside(&self) {
        let body = self.body();
        let first = 3 * self.head().slots as usize;
        for slot in 0..self.len() {
            let bytes = &body[first + self.offset(slot)..];
            if codec::stands_outside(bytes) {
                drop(codec::take_blob(bytes));
            }
        }
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        if !self.head().count.release() {
            return;
        }
        if self.head().outside > 0 {
            self.drop_outside();
        }
        let bytes = self.block_bytes();
        // SAFETY: that was the last owner, and the block was allocated with this size.
        unsafe { slab::release_segment(self.0.cast(), bytes) };
    }
}
