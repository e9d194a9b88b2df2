//! The tree as its users see it.

use super::cursor::Cursor;
use super::edit::{self, Change};
use super::leaf::Leaf;
use super::node::{Child, Node};
use super::remove;
use super::seek::{ByIndex, ByMark, Ranked, descend};

/// A sequence of elements in leaves.
pub struct Tree<L: Leaf> {
    root: Option<Node<L>>,
    len: usize,
}

impl<L: Leaf> Clone for Tree<L> {
    fn clone(&self) -> Tree<L> {
        Tree { root: self.root.clone(), len: self.len }
    }
}

impl<L: Leaf> Default for Tree<L> {
    fn default() -> Tree<L> {
        Tree { root: None, len: 0 }
    }
}

impl<L: Leaf> std::fmt::Debug for Tree<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tree").field("len", &self.len).finish_non_exhaustive()
    }
}

impl<L: Leaf> Tree<L> {
    /// Number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first leaf.
    pub fn first(&self) -> Option<&L> {
        self.leaf_at(0).map(|(leaf, _)| leaf)
    }

    /// The last leaf.
    pub fn last(&self) -> Option<&L> {
        self.leaf_at(self.len).map(|(leaf, _)| leaf)
    }

    /// The leaf with the element of this index, and the element's offset in it; for the index
    /// behind the last element, the last leaf and its length. `None` in an empty tree.
    pub fn leaf_at(&self, index: usize) -> Option<(&L, usize)> {
        let mut seek = self.by_index(index);
        let leaf = descend(self.root.as_ref()?, &mut seek);
        Some((leaf, seek.offset))
    }

    /// The last leaf whose mark satisfies `holds`, or the first leaf if none does. `holds` must be
    /// true up to some mark and false from there on.
    pub fn leaf_before(&self, holds: impl FnMut(L::Mark) -> bool) -> Option<&L> {
        Some(descend(self.root.as_ref()?, &mut ByMark(holds)))
    }

    /// The leaf that `leaf_before` gives, and the index of its first element.
    pub fn ranked_leaf_before(&self, holds: impl FnMut(L::Mark) -> bool) -> Option<(&L, usize)> {
        let mut seek = Ranked { seek: ByMark(holds), rank: 0 };
        let leaf = descend(self.root.as_ref()?, &mut seek);
        Some((leaf, seek.rank))
    }

    /// A cursor at the leaf that `leaf_at` gives, and the offset.
    pub fn cursor_at(&self, index: usize) -> Option<(Cursor<'_, L>, usize)> {
        let mut seek = self.by_index(index);
        let cursor = Cursor::new(self.root.as_ref()?, &mut seek);
        Some((cursor, seek.offset))
    }

    /// A cursor at the leaf that `leaf_before` gives.
    pub fn cursor_before(&self, holds: impl FnMut(L::Mark) -> bool) -> Option<Cursor<'_, L>> {
        Some(Cursor::new(self.root.as_ref()?, &mut ByMark(holds)))
    }

    /// Number of leaves; this looks at every inner node.
    pub fn leaf_count(&self) -> usize {
        self.root.as_ref().map_or(0, Node::leaf_count)
    }

    /// Every leaf, in order.
    pub fn leaves(&self) -> impl Iterator<Item = &L> {
        let mut cursor = self.cursor_at(0).map(|(cursor, _)| cursor);
        std::iter::from_fn(move || {
            let leaf = cursor.as_ref()?.leaf();
            if !cursor.as_mut()?.go_forward() {
                cursor = None;
            }
            Some(leaf)
        })
    }

    /// Changes the leaf that `leaf_at` gives; `change` gets it and the offset. A leaf may be left
    /// empty or too large. `None`, and nothing happens, in an empty tree.
    pub fn edit_at<R>(
        &mut self,
        index: usize,
        change: impl FnOnce(&mut L, usize) -> R,
    ) -> Option<R> {
        let mut seek = self.by_index(index);
        let root = self.root.as_mut()?;
        let (result, changed) = edit::edit(root, &mut seek, |leaf, seek| change(leaf, seek.offset));
        self.settle(changed);
        Some(result)
    }

    /// Changes the leaf that `leaf_before` gives. A leaf may be left empty or too large. `None`,
    /// and nothing happens, in an empty tree.
    pub fn edit_before<R>(
        &mut self,
        holds: impl FnMut(L::Mark) -> bool,
        change: impl FnOnce(&mut L) -> R,
    ) -> Option<R> {
        let root = self.root.as_mut()?;
        let (result, changed) = edit::edit(root, &mut ByMark(holds), |leaf, _| change(leaf));
        self.settle(changed);
        Some(result)
    }

    /// Puts a leaf in front of all others; an empty one goes.
    pub fn push_front_leaf(&mut self, leaf: L) {
        self.push(leaf, true);
    }

    /// Puts a leaf behind all others; an empty one goes.
    pub fn push_back_leaf(&mut self, leaf: L) {
        self.push(leaf, false);
    }

    /// Takes the elements from one index to another, not included, out.
    pub fn remove_range(&mut self, from: usize, to: usize) {
        let (from, to) = (from.min(self.len), to.min(self.len));
        if from >= to {
            return;
        }
        if to - from == self.len {
            *self = Tree::default();
            return;
        }
        if let Some(root) = &mut self.root {
            remove::remove(root, from, to);
        }
        self.settle(Change { more: -((to - from) as isize), spill: Vec::new() });
    }

    /// Frees up to `budget` nodes; true once all are gone. Only this may be called again.
    pub fn dismantle(&mut self, mut budget: usize) -> bool {
        let gone = self.root.as_mut().is_none_or(|root| remove::dismantle(root, &mut budget));
        if gone {
            *self = Tree::default();
        }
        gone
    }

    fn by_index(&self, index: usize) -> ByIndex {
        assert!(index <= self.len, "the index lies outside the tree");
        ByIndex { offset: index }
    }

    fn push(&mut self, leaf: L, front: bool) {
        if leaf.is_empty() {
            return;
        }
        let leaf = Child::leaf(leaf);
        match &mut self.root {
            None => (self.len, self.root) = (leaf.len, Some(leaf.node)),
            Some(root) => {
                let change = edit::push(root, leaf, front);
                self.settle(change);
            }
        }
    }

    /// Brings the root in order after a change below it.
    fn settle(&mut self, mut change: Change<L>) {
        let len = self.len.checked_add_signed(change.more).expect("no more goes than there was");
        let spilled = change.spill.iter().map(|new| new.len).sum::<usize>();
        self.len = len;
        if len == 0 {
            self.root = None;
        }
        let Some(root) = self.root.take() else { return };
        if change.spill.is_empty() {
            self.root = Some(only_child(root));
            return;
        }
        let mut children = vec![Child { len: len - spilled, mark: root.mark(), node: root }];
        children.append(&mut change.spill);
        self.root = Some(grow(children));
    }
}

/// A root above these children, in as many floors as it takes.
fn grow<L: Leaf>(mut children: Vec<Child<L>>) -> Node<L> {
    while children.len() > 1 {
        let mut floor = Vec::new();
        while !children.is_empty() {
            let rest = children.split_off(children.len().min(super::node::MAX));
            floor.push(Child::inner(std::mem::replace(&mut children, rest)));
        }
        children = floor;
    }
    children.pop().expect("there was at least one").node
}

/// Floors with a single node are of no use.
fn only_child<L: Leaf>(mut root: Node<L>) -> Node<L> {
    loop {
        match &root {
            Node::Inner(inner) if inner.children.len() == 1 => {
                root = inner.children[0].node.clone();
            }
            Node::Inner(_) | Node::Leaf(_) => return root,
        }
    }
}
