//! How ids and entries are shown.

use resp::{Protocol, Reply};
use types::stream::{Entry, Id, IdText, Pending};

/// An id.
#[inline]
pub(super) fn reply_id(reply: &mut Reply<'_>, id: Id) {
    reply.bulk(IdText::new(id).as_bytes());
}

/// An entry: its id, and a list of fields with values.
#[inline]
pub(super) fn reply_entry(reply: &mut Reply<'_>, entry: &Entry<'_>) {
    reply.array(2);
    reply_id(reply, entry.id);
    reply_fields(reply, entry);
}

/// The fields of an entry with their values.
pub(super) fn reply_fields(reply: &mut Reply<'_>, entry: &Entry<'_>) {
    let mut digits = itoa::Buffer::new();
    reply.array(entry.len() * 2);
    for (field, value) in entry.pairs() {
        reply.bulk(field.bytes(&mut digits));
        reply.bulk(value.bytes(&mut digits));
    }
}

/// An entry, and for how long and how often it was pending before.
pub(super) fn reply_with_facts(
    reply: &mut Reply<'_>,
    entry: &Entry<'_>,
    pending: Option<Pending>,
    now_ms: u64,
) {
    let (idle_ms, count) = facts(pending, now_ms);
    reply.array(4);
    reply_id(reply, entry.id);
    reply_fields(reply, entry);
    reply.integer(idle_ms);
    reply.integer(count);
}

fn facts(pending: Option<Pending>, now_ms: u64) -> (i64, i64) {
    let idle_ms = pending.map_or(0, |pending| now_ms.saturating_sub(pending.delivered_ms));
    (idle_ms as i64, pending.map_or(0, |pending| pending.count as i64))
}

/// How many bytes `reply_entry` writes.
pub(super) fn entry_bytes(entry: &Entry<'_>) -> u64 {
    let mut digits = itoa::Buffer::new();
    let mut bytes = line_bytes(2) + bulk_bytes(IdText::new(entry.id).as_bytes().len());
    bytes += line_bytes(entry.len() as i64 * 2);
    for (field, value) in entry.pairs() {
        bytes += bulk_bytes(field.bytes(&mut digits).len());
        bytes += bulk_bytes(value.bytes(&mut digits).len());
    }
    bytes
}

/// How many bytes `reply_with_facts` writes.
pub(super) fn facts_bytes(entry: &Entry<'_>, pending: Option<Pending>, now_ms: u64) -> u64 {
    let (idle_ms, count) = facts(pending, now_ms);
    entry_bytes(entry) + line_bytes(idle_ms) + line_bytes(count)
}

/// How many bytes `reply_no_entry` writes.
pub(super) fn no_entry_bytes(id: Id, protocol: Protocol) -> u64 {
    let null = match protocol {
        Protocol::Resp2 => 5,
        Protocol::Resp3 => 3,
    };
    line_bytes(2) + bulk_bytes(IdText::new(id).as_bytes().len()) + null
}

/// A sign, a number and the end of the line.
fn line_bytes(number: i64) -> u64 {
    itoa::Buffer::new().format(number).len() as u64 + 3
}

fn bulk_bytes(len: usize) -> u64 {
    line_bytes(len as i64) + len as u64 + 2
}

/// What is pending, and gone from its stream.
pub(super) fn reply_no_entry(reply: &mut Reply<'_>, id: Id) {
    reply.array(2);
    reply_id(reply, id);
    reply.null_array();
}

/// Entries, as a list.
pub(super) fn reply_entries<'a>(
    reply: &mut Reply<'_>,
    entries: impl Iterator<Item = Entry<'a>>,
) -> usize {
    let list = reply.defer_array();
    let mut count = 0;
    for entry in entries {
        reply_entry(reply, &entry);
        count += 1;
    }
    reply.resolve(list, count);
    count
}

/// The key in front of what was read from it.
pub(super) fn reply_key(reply: &mut Reply<'_>, key: &[u8]) {
    if reply.protocol() == Protocol::Resp2 {
        reply.array(2);
    }
    reply.bulk(key);
}
