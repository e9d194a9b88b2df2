//! The deadlines of the fields of a large hash: by field, and in order.
//!
//! A field is known by its position. Two persistent trees hold the same pairs, once by position
//! and once by deadline: what a field costs is 32 bytes where it has a deadline, and nothing where
//! it has none, and a clone is two additions. Deadlines beside the values in the table lost: the
//! first one would rewrite the whole hash.
//!
//! # Invariants
//!
//! 1. `by_position` has (position, deadline) for each field with a deadline, `by_deadline` the
//!    same pairs turned around; both are in order.

use structures::Tree;

use crate::places::Places;

/// Two numbers, compared one after the other.
type Pair = (u64, u64);

/// Pairs in order.
type Pairs = Tree<Places<Pair>>;

/// Deadlines, in milliseconds since 1970, of fields that are known by their positions.
#[derive(Clone, Debug, Default)]
pub(super) struct Deadlines {
    by_position: Pairs,
    by_deadline: Pairs,
}

impl Deadlines {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_position.is_empty()
    }

    /// Number of fields with a deadline.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.by_position.len()
    }

    /// The deadline of a field.
    pub fn get(&self, position: u64) -> Option<u64> {
        let leaf = self.by_position.leaf_before(|pair| pair.0 <= position)?;
        let pairs = leaf.as_slice();
        let at = pairs.binary_search_by_key(&position, |pair| pair.0).ok()?;
        Some(pairs[at].1)
    }

    /// The next deadline, and whose it is.
    pub fn first(&self) -> Option<Pair> {
        self.by_deadline.first().map(|leaf| leaf.as_slice()[0])
    }

    /// Sets or clears the deadline of a field.
    pub fn set(&mut self, position: u64, deadline: Option<u64>) {
        let before = self.get(position);
        if before == deadline {
            return;
        }
        if let Some(ms) = before {
            take(&mut self.by_position, (position, ms));
            take(&mut self.by_deadline, (ms, position));
        }
        if let Some(ms) = deadline {
            put(&mut self.by_position, (position, ms));
            put(&mut self.by_deadline, (ms, position));
        }
    }

    /// Bytes of both trees, about.
    pub fn allocated(&self) -> usize {
        // Leaves have room for an eighth more than they hold, and some are split.
        let pairs = self.by_position.len() + self.by_deadline.len();
        pairs * size_of::<Pair>() * 5 / 4
    }

    /// Frees about so many blocks; whether nothing is left.
    pub fn dismantle(&mut self, blocks: usize) -> bool {
        self.by_position.dismantle(blocks) && self.by_deadline.dismantle(blocks)
    }
}

fn put(pairs: &mut Pairs, pair: Pair) {
    let added = pairs.edit_before(
        |other| other <= pair,
        |leaf| {
            let at = leaf.as_slice().partition_point(|other| *other < pair);
            leaf.insert(at, pair);
        },
    );
    if added.is_none() {
        pairs.push_back_leaf(Places::one(pair));
    }
}

fn take(pairs: &mut Pairs, pair: Pair) {
    pairs.edit_before(
        |other| other <= pair,
        |leaf| {
            let at = leaf.as_slice().binary_search(&pair).expect("both trees have each pair");
            leaf.take(at);
        },
    );
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn deadlines_are_those_of_the_standard_map(
            steps in proptest::collection::vec((0u64..300, proptest::option::of(0u64..50)), 0..900),
        ) {
            let (mut deadlines, mut model) = (Deadlines::default(), BTreeMap::new());
            let mut older = Vec::new();
            for (step, (position, deadline)) in steps.into_iter().enumerate() {
                deadlines.set(position, deadline);
                match deadline {
                    Some(ms) => model.insert(position, ms),
                    None => model.remove(&position),
                };
                let first = model.iter().map(|(&position, &ms)| (ms, position)).min();
                prop_assert_eq!(deadlines.first(), first);
                prop_assert_eq!(deadlines.get(position), deadline);
                prop_assert_eq!(deadlines.len(), model.len());
                if step % 200 == 0 {
                    older.push((deadlines.clone(), model.clone()));
                }
            }
            // Clones stay as they were.
            for (deadlines, model) in older {
                for position in 0..300 {
                    prop_assert_eq!(deadlines.get(position), model.get(&position).copied());
                }
            }
        }
    }
}
