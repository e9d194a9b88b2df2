//! What has an id, in the order of the ids: a counted tree, so that a clone is one addition and a
//! change copies one short run at most.

use structures::Tree;
use structures::tree::Cursor;

use super::Id;
use crate::places::Places;

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

/// Where an id is among elements, or should be.
fn seek<T: HasId>(elements: &[T], id: Id) -> Result<usize, usize> {
    elements.binary_search_by_key(&id, T::id)
}

/// Elements in the order of their ids.
#[derive(Clone)]
pub struct ById<T: HasId>(Tree<Places<T>>);

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
        let run = self.0.leaf_before(|first| first.id() <= id)?;
        seek(run.as_slice(), id).ok().map(|at| run.as_slice()[at])
    }

    /// The first element.
    pub fn first(&self) -> Option<T> {
        self.0.first().and_then(|run| run.as_slice().first().copied())
    }

    /// The last element.
    pub fn last(&self) -> Option<T> {
        self.0.last().and_then(|run| run.as_slice().last().copied())
    }

    /// Puts an element in; gives the one with the same id that it replaces.
    pub fn insert(&mut self, element: T) -> Option<T> {
        let id = element.id();
        let inserted = self.0.edit_before(
            |first| first.id() <= id,
            |run| match seek(run.as_slice(), id) {
                Ok(at) => Some(std::mem::replace(run.place_mut(at), element)),
                Err(at) => {
                    run.insert(at, element);
                    None
                }
            },
        );
        inserted.unwrap_or_else(|| {
            self.0.push_back_leaf(Places::one(element));
            None
        })
    }

    /// Puts elements in whose ids rise and are above all that are there.
    pub fn append(&mut self, elements: &[T]) {
        let mut rest = elements;
        if self.0.last().is_some_and(|run| run.as_slice().len() < Places::<T>::MAX) {
            let end = self.0.len();
            let taken = self.0.edit_at(end, |run, _| run.extend(rest));
            rest = &rest[taken.unwrap_or(0)..];
        }
        for run in rest.chunks(Places::<T>::MAX) {
            self.0.push_back_leaf(Places::new(run));
        }
    }

    /// Takes the element with an id out.
    pub fn remove(&mut self, id: Id) -> Option<T> {
        let found = self.get(id)?;
        self.0.edit_before(
            |first| first.id() <= id,
            |run| {
                if let Ok(at) = seek(run.as_slice(), id) {
                    run.take(at);
                }
            },
        );
        Some(found)
    }

    /// The elements from an id on.
    pub fn from(&self, id: Id) -> Walk<'_, T> {
        let cursor = self.0.cursor_before(|first| first.id() <= id);
        let at = cursor.as_ref().map_or(0, |cursor| match seek(cursor.leaf().as_slice(), id) {
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
    cursor: Option<Cursor<'a, Places<T>>>,
    at: usize,
}

impl<T: HasId> Iterator for Walk<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let cursor = self.cursor.as_mut()?;
        loop {
            if let Some(element) = cursor.leaf().as_slice().get(self.at) {
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
