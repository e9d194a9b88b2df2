//! Changing one leaf, and what follows for the nodes above it.

use super::leaf::Leaf;
use super::node::{Child, Node};
use super::seek::Seek;

/// What a change of one leaf means for its parents.
pub(super) struct Change<L: Leaf> {
    /// How many elements more there are.
    pub more: isize,
    /// New nodes behind the one that was changed; their elements are counted in `more`.
    pub spill: Vec<Child<L>>,
}

/// Changes the leaf that `seek` chooses.
pub(super) fn edit<L: Leaf, S: Seek<L>, R>(
    node: &mut Node<L>,
    seek: &mut S,
    change: impl FnOnce(&mut L, &S) -> R,
) -> (R, Change<L>) {
    match node {
        Node::Leaf(leaf) => {
            let leaf = leaf.get_mut_or_copy();
            let (result, more) = edit_leaf(leaf, seek, change);
            (result, Change { more, spill: overflow(leaf) })
        }
        Node::Inner(inner) => {
            let inner = inner.get_mut_or_copy();
            let at = seek.choose(&inner.children);
            let child = &mut inner.children[at];
            let (result, mut changed) = match &mut child.node {
                Node::Leaf(leaf) => {
                    let (result, more) = edit_leaf(leaf.get_mut_or_copy(), seek, change);
                    (result, Change { more, spill: Vec::new() })
                }
                Node::Inner(_) => edit(&mut child.node, seek, change),
            };
            note(child, &changed);
            let mut behind = at;
            if let Some((right, new)) = inner.share(at) {
                (behind, changed.spill) = (right, new.into_iter().collect());
            } else {
                inner.children[at].shed(&mut changed.spill);
            }
            let mut spill = Vec::new();
            if !changed.spill.is_empty() {
                inner.insert(behind, &mut changed.spill, &mut spill);
            } else if changed.more < 0 {
                inner.tidy(at);
            }
            (result, Change { more: changed.more, spill })
        }
    }
}

/// Changes a leaf; says how many elements more it has.
fn edit_leaf<L: Leaf, S: Seek<L>, R>(
    leaf: &mut L,
    seek: &S,
    change: impl FnOnce(&mut L, &S) -> R,
) -> (R, isize) {
    let before = leaf.len();
    let result = change(leaf, seek);
    (result, leaf.len() as isize - before as isize)
}

/// Puts a leaf at an end of what is below a node.
pub(super) fn push<L: Leaf>(node: &mut Node<L>, leaf: Child<L>, front: bool) -> Change<L> {
    let more = leaf.len as isize;
    match node {
        Node::Leaf(_) => {
            let behind = if front {
                let pushed = std::mem::replace(node, leaf.node);
                let Node::Leaf(old) = &pushed else { unreachable!("it was a leaf") };
                Child { len: old.len(), mark: old.mark(), node: pushed }
            } else {
                leaf
            };
            Change { more, spill: vec![behind] }
        }
        Node::Inner(inner) => {
            let inner = inner.get_mut_or_copy();
            let at = if front { 0 } else { inner.children.len() - 1 };
            let child = &mut inner.children[at];
            let mut changed = push(&mut child.node, leaf, front);
            note(child, &changed);
            let mut spill = Vec::new();
            inner.insert(at, &mut changed.spill, &mut spill);
            Change { more, spill }
        }
    }
}

/// Brings what a parent knows of a child up to date.
fn note<L: Leaf>(child: &mut Child<L>, change: &Change<L>) {
    let spilled = change.spill.iter().map(|new| new.len).sum::<usize>();
    child.len = (child.len + change.more.max(0) as usize) - change.more.min(0).unsigned_abs();
    child.len -= spilled;
    if child.len > 0 {
        child.mark = child.node.mark();
    }
}

/// What does not fit into a leaf, as nodes behind it.
pub(super) fn overflow<L: Leaf>(leaf: &mut L) -> Vec<Child<L>> {
    let mut spill = Vec::new();
    let mut next = leaf.overflow();
    while let Some(mut leaf) = next {
        next = leaf.overflow();
        spill.push(Child::leaf(leaf));
    }
    spill
}
