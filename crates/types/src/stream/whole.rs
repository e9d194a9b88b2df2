//! A stream as commands see it.
//!
//! A young stream is one block. From the moment that it needs more, a second block, a group, or
//! to remember what was deleted, it is a counted tree of blocks with facts beside it. Either way a
//! clone, for a snapshot or for a long reply, costs the same however long the stream is.
//!
//! # Invariants
//!
//! 1. In a stream of one block nothing was ever deleted: the last entry has the last id, and as
//!    many entries were added as there are.

use std::borrow::Cow;

use structures::tree::{Leaf, Tree};

use super::Id;
use super::block::{Block, NodeLimits, Pairs};
use super::entries::{Entries, Place};
use super::entry::Entry;
use super::group::Group;
use super::large::{Facts, Large};
use super::trim::{self, References, Trim};
use crate::value::{Kind, Object, Value};

/// A log of entries, each with an id and fields with values.
#[derive(Clone, Default)]
pub struct Stream(Body);

#[derive(Clone, Default)]
enum Body {
    /// There never was an entry.
    #[default]
    Empty,
    Small(Block),
    Large(Box<Large>),
}

impl Stream {
    /// The highest id that was ever given.
    pub fn last_id(&self) -> Id {
        self.facts().last_id
    }

    /// What the stream remembers beside its entries.
    pub fn facts(&self) -> Facts {
        match &self.0 {
            Body::Empty => Facts::default(),
            Body::Small(block) => {
                let last_id = block.last().map_or(Id::ZERO, |last| last.id);
                Facts { last_id, max_deleted: Id::ZERO, entries_added: block.len() as u64 }
            }
            Body::Large(large) => large.facts,
        }
    }

    /// Says what the stream remembers.
    pub fn set_facts(&mut self, facts: Facts) {
        self.large().facts = facts;
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        match &self.0 {
            Body::Empty => 0,
            Body::Small(block) => block.len(),
            Body::Large(large) => large.blocks.len(),
        }
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of blocks.
    pub fn block_count(&self) -> usize {
        match &self.0 {
            Body::Empty => 0,
            Body::Small(_) => 1,
            Body::Large(large) => large.blocks.leaf_count(),
        }
    }

    /// Adds an entry, whose id is above the last one.
    pub fn append<'a>(&mut self, id: Id, pairs: impl Pairs<'a>, limits: NodeLimits) {
        let bytes = pairs.clone().map(|(field, value)| field.len() + value.len()).sum();
        match &mut self.0 {
            Body::Empty => self.0 = Body::Small(Block::new(id, pairs)),
            Body::Small(block) if block.has_room(bytes, limits) => block.push(id, pairs),
            Body::Small(_) | Body::Large(_) => self.large().append(id, bytes, pairs, limits),
        }
    }

    /// The first entry.
    pub fn first(&self) -> Option<Entry<'_>> {
        match &self.0 {
            Body::Empty => None,
            Body::Small(block) => block.first(),
            Body::Large(large) => large.blocks.first().and_then(Block::first),
        }
    }

    /// The last entry.
    pub fn last(&self) -> Option<Entry<'_>> {
        match &self.0 {
            Body::Empty => None,
            Body::Small(block) => block.last(),
            Body::Large(large) => large.blocks.last().and_then(Block::last),
        }
    }

    /// The entry with an id.
    pub fn get(&self, id: Id) -> Option<Entry<'_>> {
        match &self.0 {
            Body::Empty => None,
            Body::Small(_) => self.range(id, id).next(),
            Body::Large(large) => large.get(id),
        }
    }

    /// The entries from one id to another, both included.
    pub fn range(&self, from: Id, to: Id) -> Entries<'_> {
        match self.place(from) {
            Some(place) if from <= to => Entries::forward(place, from, to),
            Some(_) | None => Entries::none(),
        }
    }

    /// The entries from one id to another, both included, the last one first.
    pub fn range_back(&self, from: Id, to: Id) -> Entries<'_> {
        match self.place(to) {
            Some(place) if from <= to => Entries::backward(place, from, to),
            Some(_) | None => Entries::none(),
        }
    }

    /// All entries.
    pub fn iter(&self) -> Entries<'_> {
        self.range(Id::ZERO, Id::MAX)
    }

    /// How many entries there are from one id to another, both included.
    pub fn count(&self, from: Id, to: Id) -> usize {
        let behind = to.next().map_or(self.len(), |next| self.rank(next));
        behind.saturating_sub(self.rank(from))
    }

    /// How many entries are below an id.
    fn rank(&self, id: Id) -> usize {
        match &self.0 {
            Body::Empty => 0,
            Body::Small(block) => block.seek(id).1,
            Body::Large(large) => large.rank(id),
        }
    }

    fn place(&self, id: Id) -> Option<Place<'_>> {
        match &self.0 {
            Body::Empty => None,
            Body::Small(block) => Some(Place::Block(block)),
            Body::Large(large) => large.blocks.cursor_before(|mark| mark <= id).map(Place::Tree),
        }
    }

    /// Deletes an entry; false if there is none.
    pub fn delete(&mut self, id: Id) -> bool {
        self.get(id).is_some() && self.large().delete(id)
    }

    /// How many entries at the front a trim would remove, if nothing referred to them.
    pub fn surplus(&self, how: &Trim) -> usize {
        match &self.0 {
            Body::Empty => 0,
            Body::Small(block) => trim::surplus_of_block(block, how),
            Body::Large(large) => trim::surplus(large, how),
        }
    }

    /// Removes entries at the front; gives how many went.
    pub fn trim(&mut self, how: &Trim) -> usize {
        if let Body::Empty | Body::Small(_) = &self.0
            && self.surplus(how) == 0
        {
            return 0;
        }
        trim::trim(self.large(), how)
    }

    /// The groups, in the order of their names.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        let large = if let Body::Large(large) = &self.0 { Some(large) } else { None };
        large.into_iter().flat_map(|large| large.groups.iter())
    }

    /// The group of a name.
    pub fn group(&self, name: &[u8]) -> Option<&Group> {
        if let Body::Large(large) = &self.0 { large.groups.find(name) } else { None }
    }

    /// The group of a name, for changing.
    pub fn group_mut(&mut self, name: &[u8]) -> Option<&mut Group> {
        if let Body::Large(large) = &mut self.0 { large.groups.find_mut(name) } else { None }
    }

    /// Adds a group; false if there is one of that name.
    pub fn add_group(&mut self, group: Group) -> bool {
        self.large().groups.insert(group)
    }

    /// Removes a group. It comes back as a stream without entries, to be freed as such.
    pub fn remove_group(&mut self, name: &[u8]) -> Option<Stream> {
        let Body::Large(large) = &mut self.0 else { return None };
        let group = large.groups.remove(name)?;
        let mut removed = Stream::default();
        removed.large().groups.put(group);
        Some(removed)
    }

    /// Whether some group has this entry pending, or is still to be given it.
    pub fn is_referred_to(&self, id: Id) -> bool {
        if let Body::Large(large) = &self.0 { large.groups.refer_to(id) } else { false }
    }

    /// Deletes an entry with what is pending as said; `None` if it is not there, false if it had
    /// to stay.
    pub fn delete_with(&mut self, id: Id, references: References) -> Option<bool> {
        let there = self.get(id).is_some();
        match references {
            References::Acknowledged if there && self.is_referred_to(id) => return Some(false),
            References::Delete => self.forget(id),
            References::Acknowledged | References::Keep => {}
        }
        there.then(|| self.delete(id))
    }

    /// Takes an entry out of what is pending in all groups.
    pub fn forget(&mut self, id: Id) {
        if let Body::Large(large) = &mut self.0 {
            large.groups.forget(id);
        }
    }

    /// Its blocks, as files have them, from that of the entry with an index on, which is one of a
    /// block's first ones.
    pub fn nodes_from(&self, index: usize) -> impl Iterator<Item = Node<'_>> {
        let (small, mut cursor) = match &self.0 {
            Body::Empty => (None, None),
            Body::Small(block) => (Some(Node(block)), None),
            Body::Large(large) => (None, large.blocks.cursor_at(index)),
        };
        small.into_iter().chain(std::iter::from_fn(move || {
            let (place, _) = cursor.as_mut()?;
            let node = Node(place.leaf());
            if !place.go_forward() {
                cursor = None;
            }
            Some(node)
        }))
    }

    /// Its blocks, as files have them.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        self.nodes_from(0)
    }

    /// The form that has room for everything.
    fn large(&mut self) -> &mut Large {
        if !matches!(self.0, Body::Large(_)) {
            let facts = self.facts();
            let mut large = Large { facts, ..Large::default() };
            if let Body::Small(block) = std::mem::take(&mut self.0) {
                large.blocks.push_back_leaf(block);
            }
            self.0 = Body::Large(Box::new(large));
        }
        match &mut self.0 {
            Body::Large(large) => large,
            Body::Empty | Body::Small(_) => unreachable!("it was made large"),
        }
    }
}

/// A block of a stream.
pub struct Node<'a>(&'a Block);

impl<'a> Node<'a> {
    /// The id that those of the entries are counted from.
    pub fn base(&self) -> Id {
        self.0.base()
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none, which is never so.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields that most of the entries have.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = crate::Item<'a>> + use<'a> {
        let ((mut at, count), bytes) = (self.0.fields(), self.0.bytes());
        (0..count).map(move |_| super::codec::string_at(bytes, &mut at))
    }

    /// The entries.
    pub fn entries(&self) -> Entries<'a> {
        Entries::forward(Place::Block(self.0), Id::ZERO, Id::MAX)
    }
}

/// A stream that is made of blocks as files have them.
#[derive(Default)]
pub struct Builder {
    blocks: Tree<Block>,
    current: Option<Block>,
    last_id: Id,
}

impl Builder {
    /// What follows is in a new block, which has these fields and counts from this id.
    pub fn begin_block(&mut self, base: Id, fields: &[Cow<'_, [u8]>]) {
        self.end_block();
        self.current = Some(Block::begin(base, fields.iter().map(AsRef::as_ref)));
    }

    /// Adds an entry; false if its id is not above the one before, or below that of its block.
    pub fn push<'a>(&mut self, id: Id, pairs: impl Pairs<'a>) -> bool {
        let Some(block) = &mut self.current else { return false };
        if id <= self.last_id || id < block.base() {
            return false;
        }
        block.push(id, pairs);
        self.last_id = id;
        true
    }

    /// Says how many entries of the block were deleted before.
    pub fn set_deleted(&mut self, deleted: usize) {
        if let Some(block) = &mut self.current {
            block.set_deleted(deleted);
        }
    }

    fn end_block(&mut self) {
        if let Some(mut block) = self.current.take() {
            block.close();
            self.blocks.push_back_leaf(block);
        }
    }

    /// The stream; `None` if the facts cannot be those of the entries.
    pub fn finish(mut self, facts: Facts) -> Option<Stream> {
        self.end_block();
        let len = self.blocks.len() as u64;
        let own = Facts { last_id: self.last_id, max_deleted: Id::ZERO, entries_added: len };
        let possible = len..=i64::MAX as u64;
        if facts.last_id < self.last_id || !possible.contains(&facts.entries_added) {
            return None;
        }
        let only = self.blocks.first().filter(|block| block.len() as u64 == len);
        if let Some(block) = only
            && facts == own
            && block.deleted() == 0
        {
            return Some(Stream(Body::Small(block.clone())));
        }
        let large = Large { blocks: self.blocks, facts, ..Large::default() };
        Some(Stream(Body::Large(Box::new(large))))
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Object for Stream {
    fn type_name(&self) -> &'static str {
        "stream"
    }

    fn encoding(&self) -> &'static str {
        "stream"
    }

    /// Entries, and what is pending in groups.
    fn len(&self) -> usize {
        let pending = |group: &Group| group.pending().len() + group.consumers().len();
        Stream::len(self) + self.groups().map(pending).sum::<usize>()
    }

    /// A stream without entries is one still.
    fn is_empty(&self) -> bool {
        false
    }

    fn dismantle(&mut self, blocks: usize) -> bool {
        match &mut self.0 {
            Body::Empty | Body::Small(_) => true,
            Body::Large(large) => large.blocks.dismantle(blocks) && large.groups.dismantle(blocks),
        }
    }

    fn allocated(&self) -> usize {
        match &self.0 {
            Body::Empty => 0,
            Body::Small(block) => block.allocated(),
            Body::Large(large) => {
                let blocks = large.blocks.leaves().map(|block| block.allocated() + 64);
                let groups = large.groups.iter().map(Group::allocated).sum::<usize>();
                size_of::<Large>() + blocks.sum::<usize>() + groups
            }
        }
    }
}

impl Kind for Stream {
    fn of(value: &Value) -> Option<&Stream> {
        if let Value::Stream(stream) = value { Some(stream) } else { None }
    }

    fn of_mut(value: &mut Value) -> Option<&mut Stream> {
        if let Value::Stream(stream) = value { Some(stream) } else { None }
    }

    fn into_value(self) -> Value {
        Value::Stream(self)
    }
}
