//! Walking over the entries of a stream, one way or the other.

use structures::tree::Cursor;

use super::Id;
use super::block::Block;
use super::entry::Entry;

/// Where a walk is: at a block, and what is behind it.
#[derive(Clone)]
pub(super) enum Place<'a> {
    /// The only block.
    Block(&'a Block),
    /// A block among others.
    Tree(Cursor<'a, Block>),
}

impl<'a> Place<'a> {
    fn block(&self) -> &'a Block {
        match self {
            Place::Block(block) => block,
            Place::Tree(cursor) => cursor.leaf(),
        }
    }

    fn go_forward(&mut self) -> bool {
        match self {
            Place::Block(_) => false,
            Place::Tree(cursor) => cursor.go_forward(),
        }
    }

    fn go_back(&mut self) -> bool {
        match self {
            Place::Block(_) => false,
            Place::Tree(cursor) => cursor.go_back(),
        }
    }
}

/// Entries from one id to another.
pub struct Entries<'a> {
    place: Option<Place<'a>>,
    /// The id behind which there is nothing to see.
    end: Id,
    /// Forward: the offset of the next entry.
    at: usize,
    /// Backward: the offsets of the block's entries that are still to come.
    offsets: Option<Vec<usize>>,
}

impl<'a> Entries<'a> {
    /// No entries.
    pub(super) fn none() -> Entries<'a> {
        Entries { place: None, end: Id::ZERO, at: 0, offsets: None }
    }

    /// Forward; `place` is where `from` is, or should be.
    pub(super) fn forward(place: Place<'a>, from: Id, to: Id) -> Entries<'a> {
        let (at, _) = place.block().seek(from);
        Entries { place: Some(place), end: to, at, offsets: None }
    }

    /// Backward, beginning with `to`; `place` is where that is, or should be.
    pub(super) fn backward(place: Place<'a>, from: Id, to: Id) -> Entries<'a> {
        let mut offsets = offsets_of(place.block(), Vec::new());
        while offsets.last().is_some_and(|at| place.block().entry(*at).id > to) {
            offsets.pop();
        }
        Entries { place: Some(place), end: from, at: 0, offsets: Some(offsets) }
    }

    fn next_forward(&mut self) -> Option<Entry<'a>> {
        let place = self.place.as_mut()?;
        while self.at >= place.block().end() {
            if !place.go_forward() {
                return None;
            }
            self.at = place.block().start();
        }
        let block = place.block();
        let entry = block.entry(self.at);
        self.at = block.after(self.at);
        (entry.id <= self.end).then_some(entry)
    }

    fn next_back(&mut self) -> Option<Entry<'a>> {
        let (place, offsets) = (self.place.as_mut()?, self.offsets.as_mut()?);
        loop {
            if let Some(at) = offsets.pop() {
                let entry = place.block().entry(at);
                return (entry.id >= self.end).then_some(entry);
            }
            if !place.go_back() {
                return None;
            }
            *offsets = offsets_of(place.block(), std::mem::take(offsets));
        }
    }
}

fn offsets_of(block: &Block, mut offsets: Vec<usize>) -> Vec<usize> {
    offsets.clear();
    let mut at = block.start();
    while at < block.end() {
        offsets.push(at);
        at = block.after(at);
    }
    offsets
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let next = if self.offsets.is_some() { self.next_back() } else { self.next_forward() };
        if next.is_none() {
            self.place = None;
        }
        next
    }
}
