//! How ids and entries are shown.

use resp::{Protocol, Reply};
use types::stream::{Entry, Id, IdText};

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
