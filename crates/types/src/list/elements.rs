//! Walking over the elements of a list, one way or the other.

use structures::packed::{Item, Iter};
use structures::tree::Cursor;

use super::Side;
use super::node::Node;

/// Elements of a list, from some index on.
pub struct Elements<'a> {
    /// What is left of the node that was reached.
    node: Iter<'a>,
    rest: Option<Cursor<'a, Node>>,
    /// The side that the walk begins from.
    from: Side,
}

impl<'a> Elements<'a> {
    /// The elements of one node and of those behind it.
    pub(super) fn new(node: Iter<'a>, rest: Option<Cursor<'a, Node>>, from: Side) -> Elements<'a> {
        Elements { node, rest, from }
    }

    fn go_on(&mut self) -> bool {
        let Some(cursor) = &mut self.rest else { return false };
        let moved = match self.from {
            Side::Left => cursor.go_forward(),
            Side::Right => cursor.go_back(),
        };
        if moved {
            self.node = cursor.leaf().0.iter();
        }
        moved
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        loop {
            let next = match self.from {
                Side::Left => self.node.next(),
                Side::Right => self.node.next_back(),
            };
            if next.is_some() || !self.go_on() {
                return next;
            }
        }
    }
}
