//! The bytes of one element.
//!
//! # Layout
//!
//! ```text
//! inside   | varint: length of key * 2     | key | varint: length of payload | payload |
//! fixed    | varint: length of key * 2     | key | payload                             |
//! outside  | varint: 1 | address of a blob, 8 bytes |
//!          the blob: | varint: length of key | key | payload |
//! ```
//!
//! Varints are seven bits a byte, the lowest first. An element stands outside when it would take
//! more than `INSIDE_MAX` bytes, so that a segment has room for a good number of them.
//!
//! # Invariants
//!
//! 1. Only `write` makes these bytes, so who reads them trusts the lengths (and is checked by the
//!    bounds of slices none the less).

use std::mem::ManuallyDrop;

use super::map::PayloadKind;
use crate::blob::Blob;

/// The largest element that lies inside a segment.
pub(super) const INSIDE_MAX: usize = 512;
/// What an element that stands outside takes in its segment.
const OUTSIDE_BYTES: usize = 9;
const OUTSIDE_HEAD: u8 = 1;

/// A key and its payload.
pub(super) type Pair<'a> = (&'a [u8], &'a [u8]);

fn varint_len(value: usize) -> usize {
    (usize::BITS - (value | 1).leading_zeros()).div_ceil(7) as usize
}

#[inline]
fn write_varint(out: &mut [u8], mut value: usize) -> usize {
    let mut at = 0;
    while value >= 0x80 {
        out[at] = value as u8 | 0x80;
        value >>= 7;
        at += 1;
    }
    out[at] = value as u8;
    at + 1
}

#[inline(always)]
fn read_varint(bytes: &[u8]) -> (usize, usize) {
    if bytes[0] < 0x80 {
        return (bytes[0] as usize, 1);
    }
    let (mut value, mut at) = (0, 0);
    loop {
        value |= ((bytes[at] & 0x7F) as usize) << (7 * at);
        at += 1;
        if bytes[at - 1] < 0x80 {
            return (value, at);
        }
    }
}

/// Bytes that an element takes in its segment, and whether it stands outside.
pub(super) fn size((key, payload): Pair<'_>, kind: PayloadKind) -> (usize, bool) {
    let mut size = varint_len(key.len() * 2) + key.len() + payload.len();
    if kind == PayloadKind::Varied {
        size += varint_len(payload.len());
    }
    if size > INSIDE_MAX { (OUTSIDE_BYTES, true) } else { (size, false) }
}

/// Writes an element into exactly the bytes that `size` said.
pub(super) fn write(out: &mut [u8], (key, payload): Pair<'_>, kind: PayloadKind, outside: bool) {
    if outside {
        let mut blob = Blob::with_capacity(varint_len(key.len()) + key.len() + payload.len());
        let mut head = [0; 10];
        let head_len = write_varint(&mut head, key.len());
        blob.extend(&head[..head_len]);
        blob.extend(key);
        blob.extend(payload);
        out[0] = OUTSIDE_HEAD;
        put_blob(out, blob);
        return;
    }
    let mut at = write_varint(out, key.len() * 2);
    out[at..at + key.len()].copy_from_slice(key);
    at += key.len();
    if kind == PayloadKind::Varied {
        at += write_varint(&mut out[at..], payload.len());
    }
    out[at..].copy_from_slice(payload);
}

/// Where key and payload of an element lie that begins these bytes, if it lies inside: the ends
/// of its key's head, its key, its payload's head and its payload.
#[inline(always)]
fn inside(bytes: &[u8], kind: PayloadKind) -> Option<[usize; 4]> {
    let (head, key_at) = read_varint(bytes);
    if head & 1 != 0 {
        return None;
    }
    let key_end = key_at + head / 2;
    let (payload_len, payload_at) = match kind {
        PayloadKind::Fixed(len) => (len as usize, key_end),
        PayloadKind::Varied => {
            let (len, head_len) = read_varint(&bytes[key_end..]);
            (len, key_end + head_len)
        }
    };
    Some([key_at, key_end, payload_at, payload_at + payload_len])
}

/// The element that begins these bytes.
#[inline(always)]
pub(super) fn read(bytes: &[u8], kind: PayloadKind) -> Pair<'_> {
    match inside(bytes, kind) {
        Some([key_at, key_end, payload_at, end]) => {
            (&bytes[key_at..key_end], &bytes[payload_at..end])
        }
        None => split_blob(blob_bytes(bytes)),
    }
}

/// Bytes that the element at the beginning of these takes, and whether it stands outside.
#[inline]
pub(super) fn extent(bytes: &[u8], kind: PayloadKind) -> (usize, bool) {
    match inside(bytes, kind) {
        Some([.., end]) => (end, false),
        None => (OUTSIDE_BYTES, true),
    }
}

/// The payload of the element that begins these bytes, for changing.
pub(super) fn payload_mut(bytes: &mut [u8], kind: PayloadKind) -> &mut [u8] {
    if let Some([.., payload_at, end]) = inside(bytes, kind) {
        return &mut bytes[payload_at..end];
    }
    let mut blob = take_blob(bytes);
    let payload = std::ptr::from_mut(payload_of_blob(&mut blob));
    put_blob(bytes, blob);
    // SAFETY: `payload_of_blob` made the element the blob's only owner; who borrows `bytes` keeps
    // the element, and so the blob, as it is.
    unsafe { &mut *payload }
}

/// The payload in a blob that nobody else holds afterwards.
fn payload_of_blob(blob: &mut Blob) -> &mut [u8] {
    let (key_len, head) = read_varint(blob);
    &mut blob.make_mut()[head + key_len..]
}

/// Whether the element that begins these bytes stands outside.
pub(super) fn stands_outside(bytes: &[u8]) -> bool {
    bytes[0] & 1 != 0
}

/// One owner more for the blob of an element that stands outside: its bytes were copied.
pub(super) fn share_blob(bytes: &[u8]) {
    // SAFETY: the address was written by `put_blob`, and the element still owns its blob.
    let blob = ManuallyDrop::new(unsafe { Blob::from_address(raw_address(bytes)) });
    std::mem::forget(Blob::clone(&blob));
}

/// The blob of an element that stands outside; the bytes are no element after that.
pub(super) fn take_blob(bytes: &[u8]) -> Blob {
    // SAFETY: the address was written by `put_blob`; the caller gives its ownership up.
    unsafe { Blob::from_address(raw_address(bytes)) }
}

/// Bytes of the allocation of an element that stands outside.
pub(super) fn blob_allocated(bytes: &[u8]) -> usize {
    // SAFETY: as in `share_blob`.
    ManuallyDrop::new(unsafe { Blob::from_address(raw_address(bytes)) }).allocated()
}

fn put_blob(out: &mut [u8], blob: Blob) {
    out[1..OUTSIDE_BYTES].copy_from_slice(&(blob.into_address() as u64).to_le_bytes());
}

fn raw_address(bytes: &[u8]) -> usize {
    let address = bytes[1..OUTSIDE_BYTES].try_into().expect("eight bytes");
    u64::from_le_bytes(address) as usize
}

fn blob_bytes(bytes: &[u8]) -> &[u8] {
    // SAFETY: as in `share_blob`. The blob lives as long as its element, which the caller borrows.
    unsafe {
        let blob = ManuallyDrop::new(Blob::from_address(raw_address(bytes)));
        std::slice::from_raw_parts(blob.as_ptr(), blob.len())
    }
}

fn split_blob(blob: &[u8]) -> Pair<'_> {
    let (key_len, head) = read_varint(blob);
    blob[head..].split_at(key_len)
}
