//! The shards that a command holds.
//!
//! # Invariants
//!
//! 1. Locks are taken in the order of positions, and all of a set or none: who cannot have them
//!    all lets go and parks its command. So nobody waits while holding.
//! 2. The one exception is the script that escalates (`escalate`): it waits for the rest while it
//!    holds some. There is one such script at a time (it has the script token), and nobody else
//!    waits while holding, so it gets them.

use structures::{Position, ShardGuard};

use super::shard::{Shard, Shards};

/// A shard's index, and the shard.
type Held<'a> = (usize, ShardGuard<'a, Shard>);

/// Shards that are held until this is dropped.
pub struct Locked<'a> {
    shards: &'a Shards,
    held: Set<'a>,
}

/// The common case takes no memory of its own.
enum Set<'a> {
    One(Held<'a>),
    /// Ascending by index.
    Many(Vec<Held<'a>>),
}

impl<'a> Locked<'a> {
    /// Holds nothing.
    pub fn none(shards: &'a Shards) -> Locked<'a> {
        Locked { shards, held: Set::Many(Vec::new()) }
    }

    /// Holds one shard, if it is free.
    #[inline(always)]
    pub fn one(shards: &'a Shards, index: usize) -> Option<Locked<'a>> {
        let guard = shards.lock(index).try_lock_spinning()?;
        Some(Locked { shards, held: Set::One((index, guard)) })
    }

    /// Holds these shards (ascending, without repetition), if all are free.
    pub fn several(shards: &'a Shards, indices: &[usize]) -> Option<Locked<'a>> {
        if let [index] = indices {
            return Locked::one(shards, *index);
        }
        let mut held = Vec::with_capacity(indices.len());
        for &index in indices {
            held.push((index, shards.lock(index).try_lock_spinning()?));
        }
        Some(Locked { shards, held: Set::Many(held) })
    }

    /// Holds every shard, if all are free.
    pub fn all(shards: &'a Shards) -> Option<Locked<'a>> {
        let mut held = Vec::with_capacity(shards.len());
        for index in 0..shards.len() {
            held.push((index, shards.lock(index).try_lock_spinning()?));
        }
        Some(Locked { shards, held: Set::Many(held) })
    }

    /// Waits for every shard that is not held yet (invariant 2).
    pub fn escalate(&mut self) {
        let mine = match std::mem::replace(&mut self.held, Set::Many(Vec::new())) {
            Set::One(held) => vec![held],
            Set::Many(held) => held,
        };
        let mut mine = mine.into_iter().peekable();
        let rest = (0..self.shards.len()).map(|index| {
            let own = mine.next_if(|(held, _)| *held == index);
            own.unwrap_or_else(|| (index, self.shards.lock(index).lock()))
        });
        self.held = Set::Many(rest.collect());
    }

    #[inline(always)]
    fn as_slice(&self) -> &[Held<'a>] {
        match &self.held {
            Set::One(held) => std::slice::from_ref(held),
            Set::Many(held) => held,
        }
    }

    #[inline(always)]
    fn as_mut_slice(&mut self) -> &mut [Held<'a>] {
        match &mut self.held {
            Set::One(held) => std::slice::from_mut(held),
            Set::Many(held) => held,
        }
    }

    /// All shards there are, held or not.
    pub fn shards(&self) -> &'a Shards {
        self.shards
    }

    /// Whether every shard is held.
    pub fn holds_all(&self) -> bool {
        self.as_slice().len() == self.shards.len()
    }

    /// Whether the shard with this index is held.
    pub fn holds(&self, index: usize) -> bool {
        self.find(index).is_some()
    }

    /// Indices of the shards that are held.
    pub fn indices(&self) -> impl Iterator<Item = usize> {
        self.as_slice().iter().map(|(index, _)| *index)
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
        &mut self.as_mut_slice()[at].1
    }

    /// Every shard that is held.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Shard> {
        self.as_mut_slice().iter_mut().map(|(_, guard)| &mut **guard)
    }

    #[inline(always)]
    fn find(&self, index: usize) -> Option<usize> {
        match self.as_slice() {
            [(only, _)] => (*only == index).then_some(0),
            held if held.len() == self.shards.len() => Some(index),
            held => held.binary_search_by_key(&index, |(index, _)| *index).ok(),
        }
    }
}
