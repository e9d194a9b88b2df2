//! The ways to choose a path from the root to a leaf.

use super::leaf::Leaf;
use super::node::{Child, Node};

/// Chooses one of the children at each inner node.
pub(super) trait Seek<L: Leaf> {
    /// Which of the children the path goes through.
    fn choose(&mut self, children: &[Child<L>]) -> usize;
}

/// The leaf with an element of a given index.
pub(super) struct ByIndex {
    /// The index among what is below the node that was reached.
    pub offset: usize,
}

impl<L: Leaf> Seek<L> for ByIndex {
    fn choose(&mut self, children: &[Child<L>]) -> usize {
        let last = children.len() - 1;
        for (at, child) in children[..last].iter().enumerate() {
            if self.offset < child.len {
                return at;
            }
            self.offset -= child.len;
        }
        last
    }
}

/// The last leaf whose mark satisfies a predicate, which holds up to some mark and then no more;
/// the first leaf if none does.
pub(super) struct ByMark<P>(pub P);

impl<L: Leaf, P: FnMut(L::Mark) -> bool> Seek<L> for ByMark<P> {
    #[inline]
    fn choose(&mut self, children: &[Child<L>]) -> usize {
        // Where the first mark fails, so do all, and the way is known; its test is spared.
        children[1..].partition_point(|child| (self.0)(child.mark))
    }
}

/// As `ByMark`, counting what it passes.
pub(super) struct Ranked<P> {
    /// How the way is chosen.
    pub seek: ByMark<P>,
    /// Number of elements in front of the node that was reached.
    pub rank: usize,
}

impl<L: Leaf, P: FnMut(L::Mark) -> bool> Seek<L> for Ranked<P> {
    fn choose(&mut self, children: &[Child<L>]) -> usize {
        let at = self.seek.choose(children);
        self.rank += children[..at].iter().map(|child| child.len).sum::<usize>();
        at
    }
}

/// Walks down to the leaf that `seek` chooses.
pub(super) fn descend<'a, L: Leaf>(mut node: &'a Node<L>, seek: &mut impl Seek<L>) -> &'a L {
    loop {
        match node {
            Node::Leaf(leaf) => return leaf,
            Node::Inner(inner) => node = &inner.children[seek.choose(&inner.children)].node,
        }
    }
}
