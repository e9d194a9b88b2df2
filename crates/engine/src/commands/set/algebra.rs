//! Intersections, unions and differences of sets.
//!
//! The sets are clones, which share the bytes of those in the keyspace: several keys cannot be
//! borrowed at once.

use std::ops::ControlFlow;

use resp::Args;
use types::{Item, Object, Set, Sizes};

use crate::ctx::Ctx;
use crate::error::CommandError;

/// What is made of several sets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operation {
    /// The members that all of them have.
    Intersection,
    /// The members that any of them has.
    Union,
    /// The members of the first that no other has.
    Difference,
}

/// The sets at these keys; what is not there is empty.
///
/// # Errors
///
/// `WrongType`.
pub(super) fn operands(ctx: &mut Ctx<'_>, keys: Args<'_>) -> Result<Vec<Set>, CommandError> {
    let read = |key| ctx.keys.read::<Set>(key).map(|set| set.cloned().unwrap_or_default());
    keys.iter().map(read).collect()
}

/// Calls `see` for the members of the result, each once, until it breaks.
pub(super) fn each(
    operation: Operation,
    mut sets: Vec<Set>,
    mut see: impl FnMut(Item<'_>) -> ControlFlow<()>,
) {
    // Whether it broke off is what the caller knows.
    let _ = match operation {
        Operation::Intersection => {
            sets.sort_by_key(Object::len);
            let Some((smallest, others)) = sets.split_first() else { return };
            let mut common = smallest.iter().filter(|item| others.iter().all(|set| set.has(*item)));
            common.try_for_each(see)
        }
        Operation::Union => match &*sets {
            [only] => only.iter().try_for_each(see),
            sets => united(sets, &Sizes::default()).iter().try_for_each(see),
        },
        Operation::Difference => {
            let removes = others_are_few(&sets);
            let Some((first, others)) = sets.split_first_mut() else { return };
            if removes {
                subtract(first, others);
                first.iter().try_for_each(see)
            } else {
                others.sort_by_key(|set| std::cmp::Reverse(set.len()));
                let is_left = |item: &Item<'_>| !others.iter().any(|set| set.has(*item));
                first.iter().filter(is_left).try_for_each(&mut see)
            }
        }
    };
}

/// Whether to remove all members of the others from the first costs less than to look each of its
/// members up in them.
fn others_are_few(sets: &[Set]) -> bool {
    let there = sets.iter().filter(|set| !set.is_empty()).count();
    let sum: usize = sets.iter().map(Object::len).sum();
    sets.first().is_some_and(|first| first.len() * there / 2 > sum)
}

fn subtract(set: &mut Set, others: &[Set]) {
    let mut digits = itoa::Buffer::new();
    for member in others.iter().flat_map(Set::iter) {
        set.remove(member.bytes(&mut digits));
    }
}

fn united(sets: &[Set], sizes: &Sizes) -> Set {
    let mut union = Set::default();
    let largest = sets.iter().enumerate().max_by_key(|(_, set)| set.len());
    // A result that is surely a table begins as a clone of the largest, which shares its blocks.
    let begun = largest.filter(|(_, set)| {
        set.len() > sizes.set_integers.max(sizes.set_members) && matches!(set, Set::Table(_))
    });
    if let Some((_, set)) = begun {
        union = set.clone();
    }
    let begun = begun.map(|(index, _)| index);
    let mut digits = itoa::Buffer::new();
    for (_, set) in sets.iter().enumerate().filter(|(index, _)| Some(*index) != begun) {
        for member in set {
            union.insert(member.bytes(&mut digits), sizes);
        }
    }
    union
}

/// The result as a set.
pub(super) fn result(operation: Operation, sets: Vec<Set>, sizes: &Sizes) -> Set {
    if operation == Operation::Union {
        return united(&sets, sizes);
    }
    if operation == Operation::Difference && others_are_few(&sets) {
        // compat: the encoding is that of what there was before anything was removed.
        let mut set = united(&sets[..1], sizes);
        subtract(&mut set, &sets[1..]);
        return set;
    }
    let mut set = match sets.iter().min_by_key(|set| set.len()) {
        Some(Set::Packed(_) | Set::Table(_)) if operation == Operation::Intersection => {
            Set::block()
        }
        _ => Set::default(),
    };
    let mut digits = itoa::Buffer::new();
    each(operation, sets, |member| {
        set.insert(member.bytes(&mut digits), sizes);
        ControlFlow::Continue(())
    });
    set.settle(sizes);
    set
}
