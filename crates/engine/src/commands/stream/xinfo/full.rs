//! What `XINFO STREAM key FULL` adds: entries, and groups with all they have.

use resp::Reply;
use types::Stream;
use types::stream::{Consumer, Group};

use super::super::replies::{reply_entries, reply_id};
use super::groups::reply_progress;

/// Two facts more: entries and groups, up to `count` of each list.
pub(super) fn reply(reply: &mut Reply<'_>, stream: &Stream, count: usize) {
    reply.bulk(b"entries");
    reply_entries(reply, stream.iter().take(count));
    reply.bulk(b"groups");
    reply.array(stream.groups().count());
    stream.groups().for_each(|group| reply_group(reply, stream, group, count));
}

fn reply_group(reply: &mut Reply<'_>, stream: &Stream, group: &Group, count: usize) {
    reply.map(7);
    reply.bulk(b"name");
    reply.bulk(group.name());
    reply.bulk(b"last-delivered-id");
    reply_id(reply, group.last_id);
    reply_progress(reply, stream, group);
    reply.bulk(b"pel-count");
    reply.integer(group.pending().len() as i64);
    reply.bulk(b"pending");
    reply.array(group.pending().len().min(count));
    for pending in group.pending().iter().take(count) {
        reply.array(4);
        reply_id(reply, pending.id);
        reply.bulk(group.consumer(pending.consumer).map_or(&[][..], Consumer::name));
        reply.integer(pending.delivered_ms as i64);
        reply.integer(pending.count as i64);
    }
    reply.bulk(b"consumers");
    reply.array(group.consumers().len());
    group.consumers().for_each(|(_, consumer)| reply_consumer(reply, group, consumer, count));
}

fn reply_consumer(reply: &mut Reply<'_>, group: &Group, consumer: &Consumer, count: usize) {
    reply.map(5);
    reply.bulk(b"name");
    reply.bulk(consumer.name());
    reply.bulk(b"seen-time");
    reply.integer(consumer.seen_ms() as i64);
    reply.bulk(b"active-time");
    reply.integer(consumer.active_ms.map_or(-1, |ms| ms as i64));
    reply.bulk(b"pel-count");
    reply.integer(consumer.pending().len() as i64);
    reply.bulk(b"pending");
    reply.array(consumer.pending().len().min(count));
    for id in consumer.pending().iter().take(count) {
        let pending = group.pending().get(id);
        reply.array(3);
        reply_id(reply, id);
        reply.integer(pending.map_or(0, |pending| pending.delivered_ms as i64));
        reply.integer(pending.map_or(0, |pending| pending.count as i64));
    }
}
