//! What has an id, in the order of the ids: a counted tree, so that a clone is one addition and a
//! change copies one short run at most.

use structures::Tree;
use structures::tree::{Cursor, Leaf};

use super::Id;

/// The most elements in one run.
const FULL: usize = 128;
/// A run with fewer would better be one with a neighbour.
const FEW: usize = FULL / 4;

/// Something that stands under an id.
pub trait HasId: Copy {
    /// The id.
    fn id(&self) -> Id;
}

impl HasId for Id {
    fn id(&self) -> Id {
        *self
    }
}

/// A run of elements.
#[derive(Clone)]
pub(super) struct Run<T> {
    elements: Vec<T>,
    /// Where the last element came in: it tells how the run grows.
    grown_at: usize,
}

impl<T: HasId> Run<T> {
    fn seek(&self, id: Id) -> Result<usize, usize> {
        self.elements.binary_search_by_key(&id, T::id)
    }

    /// Replaces the element with the same id, or puts this one in.
    fn insert(&mut self, element: T) -> Option<T> {
        match self.seek(element.id()) {
            Ok(at) => Some(std::mem::replace(&mut self.elements[at], element)),
            Err(at) => {
                self.elements.insert(at, element);
                self.grown_at = at;
                None
            }
        }
    }
}

impl<T: HasId> Leaf for Run<T> {
    type Mark = Id;

    #[inline]
    fn len(&self) -> usize {
        self.elements.len()
    }

    #[inline]
    fn mark(&self) -> Id {
        self.elements[0].id()
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.elements.drain(from..to);
    }

    fn overflow(&mut self) -> Option<Run<T>> {
        let len = self.elements.len();
        if len <= FULL {
            return None;
        }
        let keep = match self.grown_at {
            0 => 1,
            at if at + 1 == len => FULL,
            _ => len / 2,
        };
        let elements = self.elements.split_off(keep);
        self.elements.shrink_to_fit();
        Some(Run { elements, grown_at: 0 })
    }

    fn is_small(&self) -> bool {
        self.elements.len() < FEW
    }

    fn absorb(&mut self, right: &Run<T>) -> bool {
        let fits = self.elements.len() + right.elements.len() <= FULL - FEW;
        if fits {
            self.elements.extend_from_slice(&right.elements);
        }
        fits
    }
}

/// Elements in the order of their ids.
#[derive(Clone)]
pub struct ById<T: HasId>(Tree<Run<T>>);

impl<T: HasId> Default for ById<T> {
    fn default() -> ById<T> {
        ById(Tree::default())
    }
}

impl<T: HasId> ById<T> {
    /// Number of elements.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The element with an id.
    pub fn get(&self, id: Id) -> Option<T> {
        let (run, _) = self.0.leaf_before(|mark| mark <= id)?;
        run.seek(id).ok().map(|at| run.elements[at])
    }

    /// The first element.
    pub fn first(&self) -> Option<T> {
        self.0.first().and_then(|run| run.elements.first().copied())
    }

    /// The last element.
    pub fn last(&self) -> Option<T> {
        self.0.last().and_then(|run| run.elements.last().copied())
    }

    /// Puts an element in; gives the one with the same id that it replaces.
    pub fn insert(&mut self, element: T) -> Option<T> {
        let id = element.id();
        let inserted = self.0.edit_before(|mark| mark <= id, |run, _| run.insert(element));
        inserted.unwrap_or_else(|| {
            self.0.push_back_leaf(Run { elements: vec![element], grown_at: 0 });
            None
        })
    }

    /// Puts elements in whose ids rise and are above all that are there.
    pub fn append(&mut self, elements: &[T]) {
        let mut rest = elements;
        if !self.0.is_empty() && self.0.last().is_some_and(|run| run.len() < FULL) {
            let end = self.0.len();
            let taken = self.0.edit_at(end, |run, _| {
                let taken = rest.len().min(FULL - run.len());
                run.elements.extend_from_slice(&rest[..taken]);
                taken
            });
            rest = &rest[taken.unwrap_or(0)..];
        }
        for run in rest.chunks(FULL) {
            self.0.push_back_leaf(Run { elements: run.to_vec(), grown_at: 0 });
        }
    }

    /// Takes the element with an id out.
    pub fn remove(&mut self, id: Id) -> Option<T> {
        self.get(id)?;
        let removed = self.0.edit_before(
            |mark| mark <= id,
            |run, _| run.seek(id).ok().map(|at| run.elements.remove(at)),
        );
        removed.flatten()
    }

    /// The elements from an id on.
    pub fn from(&self, id: Id) -> Walk<'_, T> {
        let cursor = self.0.cursor_before(|mark| mark <= id);
        let at = cursor.as_ref().map_or(0, |cursor| match cursor.leaf().seek(id) {
            Ok(at) | Err(at) => at,
        });
        Walk { cursor, at }
    }

    /// The elements from an index on.
    pub fn from_index(&self, index: usize) -> Walk<'_, T> {
        match self.0.cursor_at(index.min(self.len())) {
            Some((cursor, at)) => Walk { cursor: Some(cursor), at },
            None => Walk { cursor: None, at: 0 },
        }
    }

    /// All elements.
    pub fn iter(&self) -> Walk<'_, T> {
        self.from(Id::ZERO)
    }

    /// Bytes of memory, about.
    pub fn allocated(&self) -> usize {
        self.0.len() * (size_of::<T>() + 1)
    }

    /// Frees about so many blocks; whether nothing is left.
    pub fn dismantle(&mut self, blocks: usize) -> bool {
        self.0.dismantle(blocks)
    }
}

impl<T: HasId> std::fmt::Debug for ById<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(|element| element.id())).finish()
    }
}

/// Elements from some place on.
pub struct Walk<'a, T: HasId> {
    cursor: Option<Cursor<'a, Run<T>>>,
    at: usize,
}

impl<T: HasId> Iterator for Walk<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let cursor = self.cursor.as_mut()?;
        loop {
            if let Some(element) = cursor.leaf().elements.get(self.at) {
                self.at += 1;
                return Some(*element);
            }
            self.at = 0;
            if !cursor.go_forward() {
                self.cursor = None;
                return None;
            }
        }
    }
}
