//! Writing streams, in the newest of the forms that `stream` reads (21).

use types::stream::{Consumer, Entry, Group, Id, Node};
use types::{Item, Stream};

use super::listpack::Packer;
use super::save::{write_length, write_string};
use super::stream::SAME_FIELDS;

/// Blocks that are written at once.
const STEP: usize = 16;

/// Writes some blocks from the entry with an index on, behind them what the stream remembers, and
/// then one group after another; gives the place to go on from, if there is more.
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
    let number = at - len;
    match number.checked_sub(1) {
        None => write_facts(out, stream),
        Some(index) => {
            let group = stream.groups().nth(index);
            group.into_iter().for_each(|group| write_group(out, group));
        }
    }
    (number < stream.groups().count()).then_some(at as u64 + 1)
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

fn write_group(out: &mut Vec<u8>, group: &Group) {
    write_string(out, group.name());
    write_id(out, group.last_id);
    write_length(out, group.entries_read.unwrap_or(u64::MAX));
    write_length(out, group.pending().len() as u64);
    for pending in group.pending().iter() {
        out.extend_from_slice(&pending.id.to_bytes());
        out.extend_from_slice(&pending.delivered_ms.to_le_bytes());
        write_length(out, pending.count);
    }
    let consumers = group.consumers();
    write_length(out, consumers.len() as u64);
    consumers.for_each(|(_, consumer)| write_consumer(out, consumer));
}

fn write_consumer(out: &mut Vec<u8>, consumer: &Consumer) {
    write_string(out, consumer.name());
    out.extend_from_slice(&consumer.seen_ms().to_le_bytes());
    out.extend_from_slice(&consumer.active_ms.unwrap_or(u64::MAX).to_le_bytes());
    write_length(out, consumer.pending().len() as u64);
    consumer.pending().iter().for_each(|id| out.extend_from_slice(&id.to_bytes()));
}
