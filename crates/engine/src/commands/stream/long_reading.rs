//! Long lists of entries, which are written as they are sent.

use std::collections::VecDeque;
use std::sync::Arc;

use resp::Reply;
use types::Stream;
use types::stream::{Entry, Id, Pending};

use super::replies::{reply_entry, reply_no_entry, reply_with_facts};
use crate::commands::long_reply::{self, Portion, Step};
use crate::engine::Engine;

/// Replies with the first `count` entries of a range, or with its last ones, the last one first.
pub(super) fn reply_range(
    reply: &mut Reply<'_>,
    engine: &Arc<Engine>,
    (stream, count): (&Stream, usize),
    range: (Id, Id),
    backward: bool,
) {
    reply.array(count);
    long_reply::write(reply, engine, (stream, count), through(range, count, backward));
}

/// Leaves the first `count` entries from an id on for later.
pub(super) fn leave_range(
    reply: &mut Reply<'_>,
    engine: &Arc<Engine>,
    (stream, count): (&Stream, usize),
    from: Id,
) {
    long_reply::leave(reply, engine, (stream, count), through((from, Id::MAX), count, false));
}

/// A step through entries of a range.
fn through(range: (Id, Id), count: usize, backward: bool) -> impl Step<Stream> {
    let mut part = Part { range, left: count, backward };
    move |stream, at, reply| {
        part.write(stream, reply, &mut Portion::new(reply), reply_entry);
        (part.left > 0).then_some(at + 1)
    }
}

/// Entries of a range that are still to be written.
struct Part {
    range: (Id, Id),
    left: usize,
    backward: bool,
}

impl Part {
    /// Writes the next ones; the range then begins behind them.
    fn write(
        &mut self,
        stream: &Stream,
        reply: &mut Reply<'_>,
        portion: &mut Portion,
        show: impl Fn(&mut Reply<'_>, &Entry<'_>),
    ) {
        let (from, to) = self.range;
        let entries =
            if self.backward { stream.range_back(from, to) } else { stream.range(from, to) };
        for entry in entries.take(self.left) {
            if !portion.takes(reply) {
                return;
            }
            show(reply, &entry);
            self.left -= 1;
            if self.backward {
                self.range.1 = entry.id.previous().unwrap_or(Id::ZERO);
            } else {
                self.range.0 = entry.id.next().unwrap_or(Id::MAX);
            }
        }
    }
}

/// Leaves entries for later that a consumer is given: some that were pending, then new ones.
/// `facts_at` is when they are given, if the reply tells for how long they were pending.
pub(super) fn leave_given(
    reply: &mut Reply<'_>,
    engine: &Arc<Engine>,
    stream: &Stream,
    (claimed, new): (&[Pending], &[Id]),
    facts_at: Option<u64>,
) {
    let count = claimed.len() + new.len();
    let range = (new.first().copied().unwrap_or(Id::MAX), Id::MAX);
    let mut part = Part { range, left: new.len(), backward: false };
    let mut claimed: VecDeque<Pending> = claimed.iter().copied().collect();
    long_reply::leave(reply, engine, (stream, count), move |stream: &Stream, at, reply| {
        let mut portion = Portion::new(reply);
        while !claimed.is_empty() && portion.takes(reply) {
            let Some(pending) = claimed.pop_front() else { break };
            match stream.get(pending.id) {
                Some(entry) => show_given(reply, &entry, Some(pending), facts_at),
                None => reply_no_entry(reply, pending.id),
            }
        }
        let show = |reply: &mut Reply<'_>, entry: &Entry<'_>| {
            show_given(reply, entry, None, facts_at);
        };
        part.write(stream, reply, &mut portion, show);
        let finished = claimed.is_empty() && part.left == 0;
        (!finished).then_some(at + 1)
    });
}

/// Shows an entry that a consumer is given.
pub(super) fn show_given(
    reply: &mut Reply<'_>,
    entry: &Entry<'_>,
    pending: Option<Pending>,
    facts_at: Option<u64>,
) {
    match facts_at {
        Some(now_ms) => reply_with_facts(reply, entry, pending, now_ms),
        None => reply_entry(reply, entry),
    }
}

/// Leaves `count` entries for later that are pending for a consumer of a group, from an id on.
pub(super) fn leave_pending(
    reply: &mut Reply<'_>,
    engine: &Arc<Engine>,
    (stream, count): (&Stream, usize),
    (group, consumer): (&[u8], u32),
    mut from: Id,
) {
    let (mut left, group) = (count, group.to_vec());
    long_reply::leave(reply, engine, (stream, count), move |stream: &Stream, at, reply| {
        let mut portion = Portion::new(reply);
        let consumer = stream.group(&group).and_then(|group| group.consumer(consumer));
        let first = from;
        let ids = consumer.into_iter().flat_map(|consumer| consumer.pending().from(first));
        for id in ids.take(left) {
            if !portion.takes(reply) {
                break;
            }
            match stream.get(id) {
                Some(entry) => reply_entry(reply, &entry),
                None => reply_no_entry(reply, id),
            }
            left -= 1;
            from = id.next().unwrap_or(Id::MAX);
        }
        (left > 0).then_some(at + 1)
    });
}
