//! Nodes: leaves, and inner nodes that know of their children how much is below them.

use super::edit::overflow;
use super::leaf::Leaf;
use crate::shared::Shared;

/// The most children of an inner node.
pub(super) const MAX: usize = 64;

/// An inner node with fewer children would better be one with a neighbour.
const FEW: usize = MAX / 4;

/// A part of a tree.
pub(super) enum Node<L: Leaf> {
    /// Elements.
    Leaf(Shared<L>),
    /// More nodes.
    Inner(Shared<Inner<L>>),
}

impl<L: Leaf> Clone for Node<L> {
    fn clone(&self) -> Node<L> {
        match self {
            Node::Leaf(leaf) => Node::Leaf(leaf.clone()),
            Node::Inner(inner) => Node::Inner(inner.clone()),
        }
    }
}

impl<L: Leaf> Node<L> {
    /// Whether the node would better be one with a neighbour.
    pub fn is_small(&self) -> bool {
        match self {
            Node::Leaf(leaf) => leaf.is_small(),
            Node::Inner(inner) => inner.children.len() < FEW,
        }
    }

    /// Takes over what the node behind this one holds, if both together fit well.
    pub fn absorb(&mut self, right: &Node<L>) -> bool {
        match (self, right) {
            (Node::Leaf(left), Node::Leaf(right)) => left.get_mut_or_copy().absorb(right),
            (Node::Inner(left), Node::Inner(right)) => {
                let fits = left.children.len() + right.children.len() <= MAX - FEW;
                if fits {
                    left.get_mut_or_copy().children.extend(right.children.iter().cloned());
                }
                fits
            }
            (Node::Leaf(_), Node::Inner(_)) | (Node::Inner(_), Node::Leaf(_)) => {
                unreachable!("all leaves are equally deep")
            }
        }
    }

    /// Number of leaves below, or one for a leaf.
    pub fn leaf_count(&self) -> usize {
        let Node::Inner(inner) = self else { return 1 };
        match inner.children.first().map(|child| &child.node) {
            Some(Node::Inner(_)) => inner.children.iter().map(|c| c.node.leaf_count()).sum(),
            Some(Node::Leaf(_)) | None => inner.children.len(),
        }
    }

    /// The mark of the first element.
    pub fn mark(&self) -> L::Mark {
        match self {
            Node::Leaf(leaf) => leaf.mark(),
            Node::Inner(inner) => inner.children[0].mark,
        }
    }
}

/// A node, and what its parent knows of it.
pub(super) struct Child<L: Leaf> {
    /// Number of elements.
    pub len: usize,
    /// The mark of the first one.
    pub mark: L::Mark,
    /// The node.
    pub node: Node<L>,
}

impl<L: Leaf> Clone for Child<L> {
    fn clone(&self) -> Child<L> {
        Child { len: self.len, mark: self.mark, node: self.node.clone() }
    }
}

impl<L: Leaf> Child<L> {
    /// Over a leaf that is not empty.
    pub fn leaf(leaf: L) -> Child<L> {
        Child { len: leaf.len(), mark: leaf.mark(), node: Node::Leaf(Shared::new(leaf)) }
    }

    /// Moves what does not fit into a leaf to `spill`.
    pub fn shed(&mut self, spill: &mut Vec<Child<L>>) {
        let Node::Leaf(leaf) = &mut self.node else { return };
        let new = overflow(leaf.get_mut_or_copy());
        if !new.is_empty() {
            self.len = leaf.len();
            spill.extend(new);
        }
    }

    /// Takes note of what a leaf holds now.
    fn look(&mut self) {
        if let Node::Leaf(leaf) = &self.node {
            (self.len, self.mark) = (leaf.len(), leaf.mark());
        }
    }

    /// Over children, of which there is at least one.
    pub fn inner(children: Vec<Child<L>>) -> Child<L> {
        let len = children.iter().map(|child| child.len).sum();
        let mark = children[0].mark;
        Child { len, mark, node: Node::Inner(Shared::new(Inner { children })) }
    }
}

/// An inner node.
pub(super) struct Inner<L: Leaf> {
    /// In order.
    pub children: Vec<Child<L>>,
}

impl<L: Leaf> Clone for Inner<L> {
    fn clone(&self) -> Inner<L> {
        Inner { children: self.children.clone() }
    }
}

impl<L: Leaf> Inner<L> {
    /// Puts nodes behind the child `at`; what does not fit then goes to `spill`, in order.
    ///
    /// Splits leave two halves, but where the sequence grows at an end, its side stays full.
    pub fn insert(&mut self, at: usize, new: &mut Vec<Child<L>>, spill: &mut Vec<Child<L>>) {
        let (is_first, is_last) = (at == 0, at + 1 == self.children.len());
        self.children.splice(at + 1..at + 1, new.drain(..));
        let len = self.children.len();
        if len <= MAX {
            return;
        }
        let keep = match (is_first, is_last) {
            (_, true) => MAX,
            (true, false) => len - len.min(MAX - 1),
            (false, false) => len / 2,
        };
        let mut rest = self.children.split_off(keep.min(MAX));
        while rest.len() > MAX {
            let behind = rest.split_off(MAX);
            spill.push(Child::inner(rest));
            rest = behind;
        }
        spill.push(Child::inner(rest));
    }

    /// Lets the leaf `at`, if it is crowded, share with the smaller one of its neighbours. Gives
    /// the index of the right one of both, and a leaf that is to come behind that.
    pub fn share(&mut self, at: usize) -> Option<(usize, Option<Child<L>>)> {
        if !matches!(&self.children[at].node, Node::Leaf(leaf) if leaf.is_crowded()) {
            return None;
        }
        let len = |at: usize| self.children.get(at).map_or(usize::MAX, |child| child.len);
        let left = if at > 0 && len(at - 1) < len(at + 1) { at - 1 } else { at };
        let [left_child, right_child] = self.children.get_mut(left..left + 2)? else { return None };
        let (Node::Leaf(one), Node::Leaf(other)) = (&mut left_child.node, &mut right_child.node)
        else {
            return None;
        };
        let third = one.get_mut_or_copy().share(other.get_mut_or_copy())?;
        left_child.look();
        right_child.look();
        Some((left + 1, third.map(Child::leaf)))
    }

    /// Takes the child `at` out if it is empty; joins it with a neighbour if it is small.
    pub fn tidy(&mut self, at: usize) {
        if self.children[at].len == 0 {
            self.children.remove(at);
        } else if self.children[at].node.is_small() {
            let joined = at > 0 && self.join(at - 1);
            if !joined && at + 1 < self.children.len() {
                self.join(at);
            }
        }
    }

    /// Joins the child `at` with the next one, if both together fit well.
    fn join(&mut self, at: usize) -> bool {
        let (left, right) = self.children.split_at_mut(at + 1);
        let joined = left[at].node.absorb(&right[0].node);
        if joined {
            let right = self.children.remove(at + 1);
            self.children[at].len += right.len;
        }
        joined
    }
}
