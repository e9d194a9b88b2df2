//! Long lists of entries, which are written as they are sent.

use std::sync::Arc;

use resp::Reply;
use types::Stream;
use types::stream::Id;

use super::replies::{reply_entry, reply_no_entry};
use crate::commands::long_reply;
use crate::engine::Engine;

/// Replies with the first `count` entries of a range, or with its last ones, the last one first.
pub(super) fn reply_range(
    reply: &mut Reply<'_>,
    engine: &Arc<Engine>,
    (stream, count): (&Stream, usize),
    (from, to): (Id, Id),
    backward: bool,
) {
    reply.array(count);
    let (mut left, mut range) = (count, (from, to));
    long_reply::write(reply, engine, (stream, count), move |stream, at, reply| {
        let step = left.min(long_reply::STEP);
        reply_part(reply, stream, &mut range, backward, step);
        left -= step;
        (left > 0).then_some(at + step as u64)
    });
}

/// Replies with the next entries of a range, which then begins behind them.
fn reply_part(
    reply: &mut Reply<'_>,
    stream: &Stream,
    (from, to): &mut (Id, Id),
    backward: bool,
    step: usize,
) {
    let entries = if backward { stream.range_back(*from, *to) } else { stream.range(*from, *to) };
    for entry in entries.take(step) {
        reply_entry(reply, &entry);
        if backward {
            *to = entry.id.previous().unwrap_or(Id::ZERO);
        } else {
            *from = entry.id.next().unwrap_or(Id::MAX);
        }
    }
}

/// Replies with `count` entries that are pending for a consumer of a group, from an id on.
pub(super) fn reply_pending(
    reply: &mut Reply<'_>,
    engine: &Arc<Engine>,
    (stream, count): (&Stream, usize),
    (group, consumer): (&[u8], u32),
    mut from: Id,
) {
    reply.array(count);
    let (mut left, group) = (count, group.to_vec());
    long_reply::write(reply, engine, (stream, count), move |stream, at, reply| {
        let step = left.min(long_reply::STEP);
        let consumer = stream.group(&group).and_then(|group| group.consumer(consumer));
        let first = from;
        let ids = consumer.into_iter().flat_map(|consumer| consumer.pending().from(first));
        for id in ids.take(step) {
            match stream.get(id) {
                Some(entry) => reply_entry(reply, &entry),
                None => reply_no_entry(reply, id),
            }
            from = id.next().unwrap_or(Id::MAX);
        }
        left -= step;
        (left > 0).then_some(at + step as u64)
    });
}
