//! The shards that a command holds.
//!
//! # Invariants
//!
//! 1. Locks are taken in the order of positions, and all of a set or none: who cannot have them
//!    all lets go and parks its command. So nobody waits while holding.
//! 2. The one exception is the script that escalates (`escalate`): it waits for the rest while it
//!    holds some. There is one such script at a time (it has the script token), and nobody else
//!    waits while holding, so it gets them.

use smallvec::SmallVec;
use structures::{Position, ShardGuard};

use super::shard::{Shard, Shards};

/// Shards that are held until this is dropped.
pub struct Locked<'a> {
    shards: &'a Shards,
    /// Ascending by index.
    held: SmallVec<[(usize, ShardGuard<'a, Shard>); 2]>,
}

impl<'a> Locked<'a> {
    /// Holds nothing yet.
    #[inline]
    pub fn none(shards: &'a Shards) -> Locked<'a> {
        Locked { shards, held: SmallVec::new() }
    }

    /// Holds one shard, if it is free.
    #[inline(always)]
    pub fn one(shards: &'a Shards, index: usize) -> Option<Locked<'a>> {
        let guard = shards.lock(index).try_lock_spinning()?;
        let mut locked = Locked::none(shards);
        locked.held.push((index, guard));
        Some(locked)
    }

    /// Holds these shards (ascending, without repetition), if all are free.
    pub fn several(shards: &'a Shards, indices: &[usize]) -> Option<Locked<'a>> {
        let mut locked = Locked::none(shards);
        for &index in indices {
            locked.held.push((index, shards.lock(index).try_lock_spinning()?));
        }
        Some(locked)
    }

    /// Holds every shard, if all are free.
    pub fn all(shards: &'a Shards) -> Option<Locked<'a>> {
        let mut locked = Locked::none(shards);
        for index in 0..shards.len() {
            locked.held.push((index, shards.lock(index).try_lock_spinning()?));
        }
        Some(locked)
    }

    /// Waits for every shard that is not held yet (invariant 2).
    pub fn escalate(&mut self) {
        let mut mine = std::mem::take(&mut self.held).into_iter().peekable();
        for index in 0..self.shards.len() {
            let guard = match mine.next_if(|(held, _)| *held == index) {
                Some((_, guard)) => guard,
                None => self.shards.lock(index).lock(),
            };
            self.held.push((index, guard));
        }
    }

    /// All shards there are, held or not.
    pub fn shards(&self) -> &'a Shards {
        self.shards
    }

    /// Whether every shard is held.
    pub fn holds_all(&self) -> bool {
        self.held.len() == self.shards.len()
    }

    /// Whether the shard with this index is held.
    pub fn holds(&self, index: usize) -> bool {
        self.find(index).is_some()
    }

    /// Indices of the shards that are held.
    pub fn indices(&self) -> impl Iterator<Item = usize> {
        self.held.iter().map(|(index, _)| *index)
    }

    /// The shard of a position, which must be held.
    #[inline(always)]
    pub fn shard(&mut self, position: Position) -> &mut Shard {
        let index = self.shards.index(position);
        self.shard_at(index)
    }

    /// A shard by its index, which must be held.
    #[inline(always)]
    pub fn shard_at(&mut self, index: usize) -> &mut Shard {
        let at = self.find(index).expect("a command touches only the shards that it holds");
        &mut self.held[at].1
    }

    /// Every shard that is held.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Shard> {
        self.held.iter_mut().map(|(_, guard)| &mut **guard)
    }

    #[inline(always)]
    fn find(&self, index: usize) -> Option<usize> {
        match self.held.as_slice() {
            [(only, _)] => (*only == index).then_some(0),
            held if held.len() == self.shards.len() => Some(index),
            held => held.binary_search_by_key(&index, |(index, _)| *index).ok(),
        }
    }
}
