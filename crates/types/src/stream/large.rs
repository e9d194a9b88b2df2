//! A stream that is more than one block of entries that were only ever added.

use structures::Tree;
use structures::tree::Leaf;

use super::Id;
use super::block::{Block, NodeLimits, Pairs};
use super::entry::Entry;
use super::groups::Groups;

/// What a stream remembers beside its entries.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Facts {
    /// The highest id that was ever given.
    pub last_id: Id,
    /// The highest id that was deleted.
    pub max_deleted: Id,
    /// How many entries were ever added.
    pub entries_added: u64,
}

/// Blocks, facts and groups.
#[derive(Clone, Default)]
pub(super) struct Large {
    pub blocks: Tree<Block>,
    pub facts: Facts,
    pub groups: Groups,
}

impl Large {
    pub fn append<'a>(&mut self, id: Id, bytes: usize, pairs: impl Pairs<'a>, limits: NodeLimits) {
        let end = self.blocks.len();
        let added = self.blocks.edit_at(end, |block, _| {
            if block.has_room(bytes, limits) {
                block.push(id, pairs.clone());
                true
            } else {
                block.close();
                false
            }
        });
        if added != Some(true) {
            self.blocks.push_back_leaf(Block::new(id, pairs));
        }
        self.facts.last_id = id;
        self.facts.entries_added += 1;
    }

    pub fn get(&self, id: Id) -> Option<Entry<'_>> {
        let block = self.blocks.leaf_before(|mark| mark <= id)?;
        let (at, _) = block.seek(id);
        let found = (at < block.end()).then(|| block.entry(at));
        found.filter(|entry| entry.id == id)
    }

    /// How many entries are below an id.
    pub fn rank(&self, id: Id) -> usize {
        let found = self.blocks.ranked_leaf_before(|mark| mark <= id);
        found.map_or(0, |(block, rank)| rank + block.seek(id).1)
    }

    pub fn delete(&mut self, id: Id) -> bool {
        if self.get(id).is_none() {
            return false;
        }
        self.blocks.edit_before(
            |mark| mark <= id,
            |block| {
                let (_, index) = block.seek(id);
                block.remove(index, index + 1);
            },
        );
        self.facts.max_deleted = self.facts.max_deleted.max(id);
        true
    }
}
