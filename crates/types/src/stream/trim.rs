//! Trimming: which entries at the front of a stream go.

use structures::tree::Leaf;

use super::Id;
use super::block::Block;
use super::large::Large;

/// What may stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strategy {
    /// So many entries.
    MaxLen(u64),
    /// Entries from this id on.
    MinId(Id),
}

/// What becomes of what is pending in groups when an entry is to be deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum References {
    /// It stays pending.
    Keep,
    /// It goes too.
    Delete,
    /// The entry stays until all groups have acknowledged it.
    Acknowledged,
}

/// How a stream is trimmed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trim {
    /// What may stay.
    pub strategy: Strategy,
    /// Only whole blocks go.
    pub approximate: bool,
    /// No more entries than this go; 0 sets no limit.
    pub limit: u64,
    /// What is pending.
    pub references: References,
}

/// Trims, and gives how many entries went.
pub(super) fn trim(stream: &mut Large, trim: &Trim) -> usize {
    let count = surplus(stream, trim);
    if count == 0 {
        return 0;
    }
    match trim.references {
        References::Keep => {}
        References::Delete => first_ids(stream, count).for_each(|id| stream.groups.forget(id)),
        References::Acknowledged => return remove_acknowledged(stream, trim, count),
    }
    stream.blocks.remove_range(0, count);
    count
}

/// How many entries are too many.
pub(super) fn surplus(stream: &Large, trim: &Trim) -> usize {
    if trim.approximate {
        return whole_blocks(stream.blocks.len(), stream.blocks.leaves(), trim);
    }
    match trim.strategy {
        Strategy::MaxLen(max) => (stream.blocks.len() as u64).saturating_sub(max) as usize,
        Strategy::MinId(id) => stream.rank(id),
    }
}

/// How many entries of a stream of one block are too many.
pub(super) fn surplus_of_block(block: &Block, trim: &Trim) -> usize {
    if trim.approximate {
        return whole_blocks(block.len(), [block].into_iter(), trim);
    }
    match trim.strategy {
        Strategy::MaxLen(max) => (block.len() as u64).saturating_sub(max) as usize,
        Strategy::MinId(id) => block.seek(id).1,
    }
}

/// How many entries are in the blocks at the front that are too many as a whole.
fn whole_blocks<'a>(len: usize, blocks: impl Iterator<Item = &'a Block>, trim: &Trim) -> usize {
    let mut count = 0;
    for block in blocks {
        let next = count + block.len();
        if trim.limit > 0 && next as u64 > trim.limit {
            break;
        }
        let goes = match trim.strategy {
            Strategy::MaxLen(max) => (len - next) as u64 >= max && (len - count) as u64 > max,
            Strategy::MinId(id) => block.last().is_some_and(|last| last.id < id),
        };
        if !goes {
            break;
        }
        count = next;
    }
    count
}

fn first_ids(stream: &Large, count: usize) -> impl Iterator<Item = Id> + use<> {
    let mut ids = Vec::new();
    'all: for block in stream.blocks.leaves() {
        let mut at = block.start();
        while at < block.end() {
            if ids.len() == count {
                break 'all;
            }
            ids.push(block.entry(at).id);
            at = block.after(at);
        }
    }
    ids.into_iter()
}

/// Takes entries out that no group needs any more: by their number wherever they are, else among
/// the first `count`.
fn remove_acknowledged(stream: &mut Large, trim: &Trim, count: usize) -> usize {
    let anywhere = matches!(trim.strategy, Strategy::MaxLen(_)) && !trim.approximate;
    let among = if anywhere { stream.blocks.len() } else { count };
    let (mut removed, mut kept, tombstone) = (0, false, stream.facts.max_deleted);
    for id in first_ids(stream, among) {
        if removed == count {
            break;
        }
        if stream.groups.refer_to(id) {
            kept = true;
            continue;
        }
        stream.delete(id);
        removed += 1;
        if !kept {
            // At the front nothing is missing between entries.
            stream.facts.max_deleted = tombstone;
        }
    }
    removed
}
