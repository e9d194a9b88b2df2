//! Writing streams, in the newest of the forms that `stream` reads (21).

use types::stream::{Consumer, Entry, Group, Id, Node};
use types::{Item, Stream};

use super::listpack::Packer;
use super::save::{write_length, write_string};
use super::stream::SAME_FIELDS;

/// Blocks that are written at once.
const STEP: usize = 16;
/// Pieces of groups that are written at once, about: to find the first of them costs a look at
/// each consumer.
const PENDING_STEP: usize = 1024;

/// Writes some blocks from the entry with an index on, behind them what the stream remembers, and
/// then the groups piece by piece; gives the place to go on from, if there is more.
pub(super) fn write_some(out: &mut Vec<u8>, stream: &Stream, at: usize) -> Option<u64> {
    let len = stream.len();
    if at < len {
        let mut next = at;
        for node in stream.nodes_from(at).take(STEP) {
            write_string(out, &node.base().to_bytes());
            write_string(out, &block(&node));
            next += node.len();
        }
        return Some(next as u64);
    }
    let Some(unit) = (at - len).checked_sub(1) else {
        write_facts(out, stream);
        return stream.groups().next().map(|_| at as u64 + 1);
    };
    let (mut start, mut next) = (0, unit);
    for group in stream.groups() {
        let end = start + units(group);
        while next < end {
            if next - unit >= PENDING_STEP {
                return Some((len + 1 + next) as u64);
            }
            next = start + write_part(out, group, next - start);
        }
        start = end;
    }
    None
}

fn write_facts(out: &mut Vec<u8>, stream: &Stream) {
    let facts = stream.facts();
    write_length(out, stream.len() as u64);
    write_id(out, facts.last_id);
    write_id(out, stream.first_id());
    write_id(out, facts.max_deleted);
    write_length(out, facts.entries_added);
    write_length(out, stream.groups().count() as u64);
}

fn write_id(out: &mut Vec<u8>, id: Id) {
    write_length(out, id.ms);
    write_length(out, id.seq);
}

fn block(node: &Node<'_>) -> Vec<u8> {
    let mut packer = Packer::new();
    let fields = node.fields();
    packer.integer(node.len() as i64);
    // Deleted entries leave nothing behind here.
    packer.integer(0);
    packer.integer(fields.len() as i64);
    fields.for_each(|field| put(&mut packer, field));
    packer.integer(0);
    node.entries().for_each(|entry| put_entry(&mut packer, node.base(), &entry));
    packer.finish()
}

fn put_entry(packer: &mut Packer, base: Id, entry: &Entry<'_>) {
    let shared = entry.shares_fields();
    packer.integer(if shared { SAME_FIELDS } else { 0 });
    packer.integer(entry.id.ms.wrapping_sub(base.ms).cast_signed());
    packer.integer(entry.id.seq.wrapping_sub(base.seq).cast_signed());
    let mut elements = 3 + entry.len();
    if !shared {
        packer.integer(entry.len() as i64);
        elements += 1 + entry.len();
    }
    for (field, value) in entry.pairs() {
        if !shared {
            put(packer, field);
        }
        put(packer, value);
    }
    packer.integer(elements as i64);
}

fn put(packer: &mut Packer, item: Item<'_>) {
    match item {
        Item::Bytes(bytes) => packer.string(bytes),
        Item::Int(value) => packer.integer(value),
    }
}

/// The pieces that a group is written in: its head and each pending entry, the number of consumers,
/// and the head of each with each entry pending for it.
fn units(group: &Group) -> usize {
    let of_consumer = |(_, consumer): (u32, &Consumer)| 1 + consumer.pending().len();
    2 + group.pending().len() + group.consumers().map(of_consumer).sum::<usize>()
}

/// Writes some pieces of a group, and gives the number of the next.
fn write_part(out: &mut Vec<u8>, group: &Group, unit: usize) -> usize {
    let pending = group.pending();
    if unit == 0 {
        write_string(out, group.name());
        write_id(out, group.last_id);
        write_length(out, group.entries_read.unwrap_or(u64::MAX));
        write_length(out, pending.len() as u64);
        return 1;
    }
    if unit <= pending.len() {
        for pending in pending.from_index(unit - 1).take(PENDING_STEP) {
            out.extend_from_slice(&pending.id.to_bytes());
            out.extend_from_slice(&pending.delivered_ms.to_le_bytes());
            write_length(out, pending.count);
        }
        return (unit + PENDING_STEP).min(pending.len() + 1);
    }
    let (mut start, mut next) = (pending.len() + 1, unit);
    if unit == start {
        write_length(out, group.consumers().len() as u64);
        next += 1;
    }
    start += 1;
    for (_, consumer) in group.consumers() {
        let end = start + 1 + consumer.pending().len();
        while next < end {
            if next - unit >= PENDING_STEP {
                return next;
            }
            next = start + write_consumer(out, consumer, next - start);
        }
        start = end;
    }
    next
}

/// Writes some pieces of a consumer, and gives the number of the next.
fn write_consumer(out: &mut Vec<u8>, consumer: &Consumer, unit: usize) -> usize {
    let pending = consumer.pending();
    if unit == 0 {
        write_string(out, consumer.name());
        out.extend_from_slice(&consumer.seen_ms().to_le_bytes());
        out.extend_from_slice(&consumer.active_ms.unwrap_or(u64::MAX).to_le_bytes());
        write_length(out, pending.len() as u64);
        return 1;
    }
    let ids = pending.from_index(unit - 1).take(PENDING_STEP);
    ids.for_each(|id| out.extend_from_slice(&id.to_bytes()));
    (unit + PENDING_STEP).min(pending.len() + 1)
}
