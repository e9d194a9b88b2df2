//! Taking out many elements, and taking a tree apart.

use super::leaf::Leaf;
use super::node::{Inner, Node};

/// Takes the elements `from..to` out of a node; whole nodes go as such.
pub(super) fn remove<L: Leaf>(node: &mut Node<L>, from: usize, to: usize) {
    match node {
        Node::Leaf(leaf) => leaf.get_mut_or_copy().remove(from, to),
        Node::Inner(inner) => {
            let inner = inner.get_mut_or_copy();
            if let Some((at, start)) = child_that_keeps_some(inner, from, to) {
                let child = &mut inner.children[at];
                remove(&mut child.node, from - start, to - start);
                child.len -= to - from;
                child.mark = child.node.mark();
                return inner.tidy(at);
            }
            let first = remove_from_children(inner, from, to);
            // What is left of the nodes at both ends may be little.
            for at in [first + 1, first] {
                if at < inner.children.len() {
                    inner.tidy(at);
                }
            }
        }
    }
}

/// Returns the index of the first child that was touched.
/// The child that all removed elements are in, and how many are before it, unless nothing would be
/// left of it: most removals are of one element.
fn child_that_keeps_some<L: Leaf>(
    inner: &Inner<L>,
    from: usize,
    to: usize,
) -> Option<(usize, usize)> {
    let mut start = 0;
    for (at, child) in inner.children.iter().enumerate() {
        let end = start + child.len;
        if from < end {
            return (to <= end && to - from < child.len).then_some((at, start));
        }
        start = end;
    }
    None
}

fn remove_from_children<L: Leaf>(inner: &mut Inner<L>, from: usize, to: usize) -> usize {
    let (mut start, mut index, mut first) = (0, 0, None);
    inner.children.retain_mut(|child| {
        let (len, end) = (child.len, start + child.len);
        let offset = from.clamp(start, end) - start;
        let removed = to.clamp(start, end) - start - offset;
        start = end;
        index += 1;
        if removed > 0 {
            first.get_or_insert(index - 1);
        }
        if removed > 0 && removed < len {
            remove(&mut child.node, offset, offset + removed);
            child.len -= removed;
            child.mark = child.node.mark();
        }
        removed < len
    });
    first.unwrap_or(0)
}

/// Frees up to `budget` nodes from the end; false if something is left. Nodes that others hold are
/// left to them, whole.
pub(super) fn dismantle<L: Leaf>(node: &mut Node<L>, budget: &mut usize) -> bool {
    if *budget == 0 {
        return false;
    }
    *budget -= 1;
    let Node::Inner(inner) = node else { return true };
    let Some(inner) = inner.get_mut() else { return true };
    while let Some(last) = inner.children.last_mut() {
        if !dismantle(&mut last.node, budget) {
            return false;
        }
        inner.children.pop();
    }
    true
}
