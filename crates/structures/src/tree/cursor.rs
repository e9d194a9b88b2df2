//! Walking from leaf to leaf.

use smallvec::SmallVec;

use super::leaf::Leaf;
use super::node::{Inner, Node};
use super::seek::Seek;

/// A place between the leaves of a tree: at one leaf.
pub struct Cursor<'a, L: Leaf> {
    /// The inner nodes from the root down, and the child that was taken in each.
    path: SmallVec<[(&'a Inner<L>, usize); 6]>,
    leaf: &'a L,
}

impl<L: Leaf> Clone for Cursor<'_, L> {
    fn clone(&self) -> Self {
        Cursor { path: self.path.clone(), leaf: self.leaf }
    }
}

impl<'a, L: Leaf> Cursor<'a, L> {
    /// At the leaf that `seek` chooses.
    pub(super) fn new(mut node: &'a Node<L>, seek: &mut impl Seek<L>) -> Cursor<'a, L> {
        let mut path = SmallVec::new();
        loop {
            match node {
                Node::Leaf(leaf) => return Cursor { path, leaf },
                Node::Inner(inner) => {
                    let at = seek.choose(&inner.children);
                    path.push((&**inner, at));
                    node = &inner.children[at].node;
                }
            }
        }
    }

    /// The leaf.
    #[inline]
    pub fn leaf(&self) -> &'a L {
        self.leaf
    }

    /// Goes on to the next leaf; false, and nothing happens, at the last one.
    pub fn go_forward(&mut self) -> bool {
        let turn = self.path.iter().rposition(|(inner, at)| at + 1 < inner.children.len());
        self.turn(turn, true)
    }

    /// Goes back to the leaf before; false, and nothing happens, at the first one.
    pub fn go_back(&mut self) -> bool {
        let turn = self.path.iter().rposition(|(_, at)| *at > 0);
        self.turn(turn, false)
    }

    /// Takes the next or the former child in the node at this depth, and the nearest ones below.
    fn turn(&mut self, depth: Option<usize>, forward: bool) -> bool {
        let Some(depth) = depth else { return false };
        self.path.truncate(depth + 1);
        let (inner, at) = &mut self.path[depth];
        *at = if forward { *at + 1 } else { *at - 1 };
        let mut node = &inner.children[*at].node;
        loop {
            match node {
                Node::Leaf(leaf) => {
                    self.leaf = leaf;
                    return true;
                }
                Node::Inner(inner) => {
                    let at = if forward { 0 } else { inner.children.len() - 1 };
                    self.path.push((&**inner, at));
                    node = &inner.children[at].node;
                }
            }
        }
    }
}
