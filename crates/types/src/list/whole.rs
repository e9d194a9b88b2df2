//! A list as commands see it.
//!
//! A short list is one block; a long one a counted tree of blocks of up to 8 KiB, so that any index
//! is found in one descent, and a clone, for a snapshot or a long reply, is one addition. The chain
//! of blocks that the field uses finds its ends as fast and everything else slower.

use structures::Packed;
use structures::packed::{Item, Iter};
use structures::tree::{Leaf, Tree};

use super::Elements;
use super::fill::Fill;
use super::node::Node;
use crate::value::{Kind, Object, Value};

/// An end of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// The head.
    Left,
    /// The tail.
    Right,
}

/// A list of byte strings.
#[derive(Clone, Debug)]
pub struct List(Body);

#[derive(Clone, Debug)]
enum Body {
    Small(Packed),
    Large(Tree<Node>),
}

impl Default for List {
    fn default() -> List {
        List(Body::Small(Packed::new()))
    }
}

impl List {
    /// Adds an element at an end.
    #[inline]
    pub fn push(&mut self, side: Side, bytes: &[u8], fill: Fill) {
        self.grow_for(bytes.len(), 1, fill);
        self.add(side, bytes);
    }

    /// Adds elements at an end, one after the other.
    ///
    /// compat: whether a block can take them is decided before the first, by the lengths of their
    /// texts; so it may become somewhat larger than elements that come one by one would make it.
    pub fn push_all<'a>(
        &mut self,
        side: Side,
        elements: impl Iterator<Item = &'a [u8]> + Clone,
        fill: Fill,
    ) {
        let sum = |(bytes, count), element: &[u8]| (bytes + element.len(), count + 1);
        let (bytes, count) = elements.clone().fold((0, 0), sum);
        self.grow_for(bytes, count, fill);
        for element in elements {
            self.keep_small(fill);
            self.add(side, element);
        }
    }

    #[inline]
    fn add(&mut self, side: Side, bytes: &[u8]) {
        match &mut self.0 {
            Body::Small(packed) => match side {
                Side::Left => packed.push_front(bytes),
                Side::Right => packed.push_back(bytes),
            },
            Body::Large(tree) => push_large(tree, side, bytes),
        }
    }

    /// The first element from a side.
    pub fn first(&self, side: Side) -> Option<Item<'_>> {
        match side {
            Side::Left => self.get(0),
            Side::Right => self.get(self.len().checked_sub(1)?),
        }
    }

    /// The element at an index.
    pub fn get(&self, index: usize) -> Option<Item<'_>> {
        if index >= self.len() {
            return None;
        }
        let (packed, offset) = match &self.0 {
            Body::Small(packed) => (packed, index),
            Body::Large(tree) => {
                let (node, offset) = tree.leaf_at(index)?;
                (&node.0, offset)
            }
        };
        Some(packed.item(packed.nth(offset)))
    }

    /// Replaces the element at an index, which is below the length.
    pub fn set(&mut self, index: usize, bytes: &[u8], fill: Fill) {
        self.grow_for(bytes.len(), 1, fill);
        match &mut self.0 {
            Body::Small(packed) => packed.replace(packed.nth(index), bytes),
            Body::Large(tree) => {
                tree.edit_at(index, |node, offset| node.0.replace(node.0.nth(offset), bytes));
            }
        }
        self.shrink(fill);
    }

    /// Puts an element before the one at an index, or behind the last.
    pub fn insert(&mut self, index: usize, bytes: &[u8], fill: Fill) {
        if index == self.len() {
            return self.push(Side::Right, bytes, fill);
        }
        self.grow_for(bytes.len(), 1, fill);
        let put = |packed: &mut Packed, offset: usize| {
            packed.insert(packed.nth(offset), bytes);
        };
        match &mut self.0 {
            Body::Small(packed) => put(packed, index),
            Body::Large(tree) => {
                tree.edit_at(index, |node, offset| put(&mut node.0, offset));
            }
        }
    }

    /// Removes up to `count` elements from an index on.
    pub fn remove(&mut self, index: usize, count: usize, fill: Fill) {
        let end = index.saturating_add(count).min(self.len());
        if index >= end {
            return;
        }
        match &mut self.0 {
            Body::Small(packed) => {
                packed.remove(packed.nth(index), end - index);
            }
            Body::Large(tree) if end - index == 1 => {
                tree.edit_at(index, |node, offset| Leaf::remove(node, offset, offset + 1));
            }
            Body::Large(tree) => tree.remove_range(index, end),
        }
        self.shrink(fill);
    }

    /// Removes up to `count` elements from one end.
    pub fn pop(&mut self, side: Side, count: usize, fill: Fill) {
        let from = match side {
            Side::Left => 0,
            Side::Right => self.len().saturating_sub(count),
        };
        self.remove(from, count, fill);
    }

    /// Moves an element from one side to the other, or to where it was. The form is looked at when
    /// all is done: on the way there is neither one element more nor one less.
    pub fn rotate(&mut self, from: Side, to: Side, fill: Fill) {
        let Some(element) = self.first(from).map(Item::to_vec) else { return };
        match &mut self.0 {
            Body::Small(packed) => {
                let index = if from == Side::Left { 0 } else { packed.len() - 1 };
                packed.remove(packed.nth(index), 1);
                self.push(to, &element, fill);
            }
            Body::Large(tree) => {
                push_large(tree, to, &element);
                let index = if from == Side::Left { 0 } else { tree.len() - 1 };
                tree.edit_at(index, |node, offset| Leaf::remove(node, offset, offset + 1));
                self.shrink(fill);
            }
        }
    }

    /// Removes all elements but those from one index to another, not included.
    pub fn trim(&mut self, from: usize, to: usize, fill: Fill) {
        self.remove(to, usize::MAX, fill);
        self.remove(0, from, fill);
    }

    /// The elements from the left, beginning with index `from`.
    pub fn iter_from(&self, from: usize) -> Elements<'_> {
        match &self.0 {
            Body::Small(packed) => {
                let part = Iter::between(packed, packed.nth(from), packed.end());
                Elements::new(part, None, Side::Left)
            }
            Body::Large(tree) => {
                let (cursor, offset) = tree.cursor_at(from.min(tree.len())).expect("not empty");
                let packed = &cursor.leaf().0;
                let part = Iter::between(packed, packed.nth(offset), packed.end());
                Elements::new(part, Some(cursor), Side::Left)
            }
        }
    }

    /// The elements from the right, beginning with index `from`, which is below the length.
    pub fn iter_back_from(&self, from: usize) -> Elements<'_> {
        match &self.0 {
            Body::Small(packed) => {
                let part = Iter::between(packed, packed.front(), packed.nth(from + 1));
                Elements::new(part, None, Side::Right)
            }
            Body::Large(tree) => {
                let (cursor, offset) = tree.cursor_at(from).expect("not empty");
                let packed = &cursor.leaf().0;
                let part = Iter::between(packed, packed.front(), packed.nth(offset + 1));
                Elements::new(part, Some(cursor), Side::Right)
            }
        }
    }

    /// All elements.
    pub fn iter(&self) -> Elements<'_> {
        self.iter_from(0)
    }

    /// Indices of the elements that are `wanted`, among the first `limit` from a side, nearest
    /// first.
    pub fn find(&self, side: Side, wanted: &[u8], limit: usize) -> impl Iterator<Item = usize> {
        let len = self.len();
        let mut first = if side == Side::Left { 0 } else { len };
        let mut cursor = match &self.0 {
            Body::Small(packed) => Some((packed, None)),
            Body::Large(tree) => {
                let (cursor, _) = tree.cursor_at(first).expect("not empty");
                Some((&cursor.leaf().0, Some(cursor)))
            }
        };
        let within = move |index: &usize| match side {
            Side::Left => *index < limit,
            Side::Right => len - *index <= limit,
        };
        let nodes = std::iter::from_fn(move || {
            let (packed, rest) = cursor.take()?;
            let from = if side == Side::Left { first } else { first - packed.len() };
            first = if side == Side::Left { first + packed.len() } else { from };
            let reached = if side == Side::Left { first } else { len - first };
            if reached < limit
                && let Some(mut rest) = rest
                && if side == Side::Left { rest.go_forward() } else { rest.go_back() }
            {
                cursor = Some((&rest.leaf().0, Some(rest)));
            }
            let mut found: Vec<_> = packed.indices_of(wanted).map(|at| from + at).collect();
            if side == Side::Right {
                found.reverse();
            }
            Some(found)
        });
        nodes.flatten().take_while(within)
    }

    /// Becomes a tree if so many more elements, of so many bytes together, are too much for a
    /// block.
    #[inline]
    fn grow_for(&mut self, bytes: usize, count: usize, fill: Fill) {
        if let Body::Small(packed) = &self.0
            && !fill.allows(packed.bytes() + bytes, packed.len() + count)
        {
            self.become_large();
        }
    }

    /// Becomes a tree if the block is many times as large as it may be, as that of a million empty
    /// elements would be.
    #[inline]
    fn keep_small(&mut self, fill: Fill) {
        const TIMES: usize = 4;
        if let Body::Small(packed) = &self.0
            && !fill.allows(packed.bytes() / TIMES, 1)
        {
            self.become_large();
        }
    }

    fn become_large(&mut self) {
        let Body::Small(packed) = &mut self.0 else { return };
        let mut tree = Tree::default();
        tree.push_back_leaf(Node(std::mem::take(packed)));
        self.0 = Body::Large(tree);
    }

    /// Becomes one block again if it is far below the limit.
    fn shrink(&mut self, fill: Fill) {
        let Body::Large(tree) = &self.0 else { return };
        match tree.first() {
            None => *self = List::default(),
            Some(only) if only.len() < tree.len() => {}
            Some(only) if fill.allows_again(only.0.bytes(), only.len()) => {
                self.0 = Body::Small(only.0.clone());
            }
            Some(_) => {}
        }
    }
}

/// Bytes of a tree, by some of its nodes: to look at each would take as long as to use it.
fn estimate(tree: &Tree<Node>) -> usize {
    const LOOKED_AT: usize = 8;
    let nodes = (0..LOOKED_AT).filter_map(|i| tree.leaf_at(tree.len() * i / LOOKED_AT));
    let (bytes, elements) = nodes.fold((0, 0), |(bytes, elements), (node, _)| {
        (bytes + node.0.allocated() + size_of::<(Node, usize)>(), elements + node.len())
    });
    (bytes as u128 * tree.len() as u128 / elements.max(1) as u128) as usize
}

/// The nodes at the ends are filled before another one begins.
fn push_large(tree: &mut Tree<Node>, side: Side, bytes: &[u8]) {
    let at = if side == Side::Left { 0 } else { tree.len() };
    if tree.edit_at(at, |node, _| node.push(side, bytes)) == Some(true) {
        return;
    }
    match side {
        Side::Left => tree.push_front_leaf(Node::of(bytes)),
        Side::Right => tree.push_back_leaf(Node::of(bytes)),
    }
}

impl Object for List {
    fn type_name(&self) -> &'static str {
        "list"
    }

    fn encoding(&self) -> &'static str {
        match &self.0 {
            Body::Small(_) => "listpack",
            Body::Large(_) => "quicklist",
        }
    }

    fn len(&self) -> usize {
        match &self.0 {
            Body::Small(packed) => packed.len(),
            Body::Large(tree) => tree.len(),
        }
    }

    fn dismantle(&mut self, blocks: usize) -> bool {
        match &mut self.0 {
            Body::Small(_) => true,
            Body::Large(tree) => tree.dismantle(blocks),
        }
    }

    fn allocated(&self) -> usize {
        match &self.0 {
            Body::Small(packed) => packed.allocated(),
            Body::Large(tree) => estimate(tree),
        }
    }
}

impl Kind for List {
    fn of(value: &Value) -> Option<&List> {
        if let Value::List(list) = value { Some(list) } else { None }
    }

    fn of_mut(value: &mut Value) -> Option<&mut List> {
        if let Value::List(list) = value { Some(list) } else { None }
    }

    fn into_value(self) -> Value {
        Value::List(self)
    }
}
