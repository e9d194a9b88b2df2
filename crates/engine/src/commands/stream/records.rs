//! What goes to the log for changes of groups: every fact in its words, none left to the clock.

use types::stream::{Id, IdText, Pending};

use crate::keyspace::handle::Keyspace;

/// An entry is now pending for a consumer, with these facts.
pub(super) fn log_claim(
    keys: &mut Keyspace<'_>,
    key: &[u8],
    (group, consumer): (&[u8], &[u8]),
    (pending, last_id): (Pending, Id),
) {
    let (id, last_id) = (IdText::new(pending.id), IdText::new(last_id));
    let (mut ms, mut count) = (itoa::Buffer::new(), itoa::Buffer::new());
    let record: [&[u8]; 14] = [
        b"XCLAIM",
        key,
        group,
        consumer,
        b"0",
        id.as_bytes(),
        b"TIME",
        ms.format(pending.delivered_ms).as_bytes(),
        b"RETRYCOUNT",
        count.format(pending.count).as_bytes(),
        b"FORCE",
        b"JUSTID",
        b"LASTID",
        last_id.as_bytes(),
    ];
    keys.effects.propagate(keys.db, &record);
}

/// An entry is pending no longer.
pub(super) fn log_ack(keys: &mut Keyspace<'_>, (key, group): (&[u8], &[u8]), id: Id) {
    keys.effects.propagate(keys.db, &[b"XACK", key, group, IdText::new(id).as_bytes()]);
}

/// There is a new consumer.
pub(super) fn log_consumer(keys: &mut Keyspace<'_>, key: &[u8], (group, consumer): (&[u8], &[u8])) {
    keys.effects.propagate(keys.db, &[b"XGROUP", b"CREATECONSUMER", key, group, consumer]);
}

/// How far a group is.
pub(super) fn log_position(
    keys: &mut Keyspace<'_>,
    (key, group): (&[u8], &[u8]),
    (last_id, entries_read): (Id, Option<u64>),
) {
    let (id, mut digits) = (IdText::new(last_id), itoa::Buffer::new());
    let mut record: Vec<&[u8]> = vec![b"XGROUP", b"SETID", key, group, id.as_bytes()];
    if let Some(read) = entries_read {
        record.extend([&b"ENTRIESREAD"[..], digits.format(read).as_bytes()]);
    }
    keys.effects.propagate(keys.db, &record);
}
