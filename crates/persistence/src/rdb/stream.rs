//! Reading streams, in the three forms that servers of the field have written.
//!
//! # Layout
//!
//! ```text
//! 15, 19, 21   length, then for each block: string of an id, string of a listpack
//!              length of the stream | last id
//! 19, 21       first id | highest deleted id | length of all ever added
//!              length, then for each group:
//!                string | last id | 19, 21: length of the entries read
//!                length, then for each pending entry: raw id | u64 ms | length of deliveries
//!                length, then for each consumer:
//!                  string | u64 ms seen | 21: u64 ms active
//!                  length, then for each entry pending for it: raw id
//!
//! id       two lengths                    raw id   two u64, the highest byte first
//! listpack count | deleted | fields | field ... | 0 | entries
//!   entry  flags | ms - the block's | seq - the block's
//!          | value ..., or with other fields than the block's: fields | field | value | ...
//!          | number of elements of this entry
//!   flags  1 deleted, 2 the block's fields
//! ```

use std::borrow::Cow;

use types::Stream;
use types::number::parse_i64;
use types::stream::{Builder, Facts, Group, Id, NOBODY, Pending};

use super::bytes::{Bytes, RdbError};
use super::listpack;

pub(super) const FIRST: u8 = 15;
pub(super) const SECOND: u8 = 19;
pub(super) const THIRD: u8 = 21;

/// Servers of the field end a block at half of this.
const BLOCK_BYTES_MAX: usize = 2 << 30;

/// Flags of an entry.
pub(super) const DELETED: i64 = 1;
pub(super) const SAME_FIELDS: i64 = 2;

/// Reads a stream of one of these types.
pub(super) fn read(kind: u8, bytes: &mut Bytes<'_>) -> Result<Stream, RdbError> {
    let mut builder = Builder::default();
    for _ in 0..bytes.length()? {
        let key = bytes.string()?;
        let key = key.as_ref().try_into().map_err(|_| bytes.error("no id of a block"))?;
        let packed = bytes.string()?;
        if packed.len() > BLOCK_BYTES_MAX {
            return Err(bytes.error("a block that nobody writes"));
        }
        let strings = listpack::strings(&packed)?;
        let mut elements = Elements(&strings);
        let whole = block(&mut builder, Id::from_bytes(key), &mut elements);
        whole.filter(|()| elements.0.is_empty()).ok_or_else(|| bytes.error("a broken block"))?;
    }
    let len = bytes.length()?;
    let mut facts = Facts { last_id: id(bytes)?, max_deleted: Id::ZERO, entries_added: len };
    if kind != FIRST {
        id(bytes)?;
        facts.max_deleted = id(bytes)?;
        // Servers of the field count on beyond what a number with a sign can hold.
        facts.entries_added = bytes.length()?.min(i64::MAX as u64);
    }
    let wrong = bytes.error("a stream with other entries than it says");
    let stream = builder.finish(facts).filter(|_| facts.max_deleted <= facts.last_id);
    let mut stream = stream.filter(|stream| stream.len() as u64 == len).ok_or(wrong)?;
    for _ in 0..bytes.length()? {
        let group = group(kind, bytes, &stream)?;
        if !stream.add_group(group) {
            return Err(bytes.error("a group twice"));
        }
    }
    Ok(stream)
}

/// The elements of a block that are left.
struct Elements<'a, 'b>(&'b [Cow<'a, [u8]>]);

impl<'a, 'b> Elements<'a, 'b> {
    fn take(&mut self, count: usize) -> Option<&'b [Cow<'a, [u8]>]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<i64> {
        parse_i64(&self.take(1)?[0])
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }
}

/// Reads a block; `None` if it is broken.
fn block(builder: &mut Builder, base: Id, elements: &mut Elements<'_, '_>) -> Option<()> {
    let (count, deleted) = (elements.count()?, elements.count()?);
    let field_count = elements.count()?;
    let fields = elements.take(field_count)?;
    (elements.number()? == 0).then_some(())?;
    builder.begin_block(base, fields);
    builder.set_deleted(u32::try_from(deleted).ok()? as usize);
    let (mut left, mut dead) = (count, deleted);
    while left > 0 || dead > 0 {
        let lives = entry(builder, base, fields, elements)?;
        let of = if lives { &mut left } else { &mut dead };
        *of = of.checked_sub(1)?;
    }
    Some(())
}

/// Reads an entry; whether it is not deleted.
fn entry(
    builder: &mut Builder,
    base: Id,
    fields: &[Cow<'_, [u8]>],
    elements: &mut Elements<'_, '_>,
) -> Option<bool> {
    let flags = elements.number()?;
    let ms = base.ms.wrapping_add_signed(elements.number()?);
    let seq = base.seq.wrapping_add_signed(elements.number()?);
    let (id, lives) = (Id::new(ms, seq), flags & DELETED == 0);
    let (fine, size) = if flags & SAME_FIELDS != 0 {
        let values = elements.take(fields.len())?;
        let pairs = fields.iter().zip(values).map(|(field, value)| (&**field, &**value));
        (!lives || builder.push(id, pairs), 3 + values.len())
    } else {
        let count = elements.count()?;
        let both = elements.take(count.checked_mul(2)?)?;
        let pairs = both.chunks_exact(2).map(|pair| (&*pair[0], &*pair[1]));
        (!lives || builder.push(id, pairs), 4 + both.len())
    };
    (fine && elements.count()? == size).then_some(lives)
}

fn id(bytes: &mut Bytes<'_>) -> Result<Id, RdbError> {
    Ok(Id::new(bytes.length()?, bytes.length()?))
}

fn raw_id(bytes: &mut Bytes<'_>) -> Result<Id, RdbError> {
    bytes.array().map(Id::from_bytes)
}

fn ms(bytes: &mut Bytes<'_>) -> Result<i64, RdbError> {
    bytes.array().map(i64::from_le_bytes)
}

fn group(kind: u8, bytes: &mut Bytes<'_>, stream: &Stream) -> Result<Group, RdbError> {
    let name = bytes.string()?;
    let last_id = id(bytes)?;
    let entries_read = match kind {
        FIRST => stream.distance(last_id),
        _ => Some(bytes.length()?).filter(|read| i64::try_from(*read).is_ok()),
    };
    let mut group = Group::new(&name, last_id, entries_read);
    for _ in 0..bytes.length()? {
        let id = raw_id(bytes)?;
        let delivered_ms = ms(bytes)?.max(0).unsigned_abs();
        let count = bytes.length()?;
        if group.pending().get(id).is_some() {
            return Err(bytes.error("a pending entry twice"));
        }
        group.give(Pending { id, delivered_ms, count, consumer: NOBODY });
    }
    for _ in 0..bytes.length()? {
        consumer(kind, bytes, &mut group)?;
    }
    Ok(group)
}

fn consumer(kind: u8, bytes: &mut Bytes<'_>, group: &mut Group) -> Result<(), RdbError> {
    let name = bytes.string()?;
    if group.find(&name).is_some() {
        return Err(bytes.error("a consumer twice"));
    }
    let seen_ms = ms(bytes)?;
    let active_ms = if kind == THIRD { ms(bytes)? } else { seen_ms };
    let number = group.create(&name, seen_ms.max(0).unsigned_abs());
    group.consumer_mut(number).active_ms = u64::try_from(active_ms).ok();
    for _ in 0..bytes.length()? {
        let id = raw_id(bytes)?;
        let pending = group.pending().get(id).filter(|pending| pending.consumer == NOBODY);
        let pending = pending.ok_or_else(|| bytes.error("an entry that is not pending"))?;
        group.give(Pending { consumer: number, ..pending });
    }
    Ok(())
}
