//! A node of a large list.

use structures::Packed;
use structures::tree::Leaf;

use super::Side;

/// Bytes of the elements of a node: with its head the block takes 8 KiB. A longer element has a
/// node for itself.
pub(super) const NODE_BYTES: usize = (8 << 10) - 32;
/// What an element takes beside its bytes, at most.
const OVERHEAD: usize = 10;

/// Consecutive elements of a list.
#[derive(Clone, Debug, Default)]
pub(super) struct Node(pub Packed);

impl Node {
    /// A node of one element.
    pub fn of(bytes: &[u8]) -> Node {
        let mut node = Node::default();
        node.0.push_back(bytes);
        node
    }

    /// Adds an element at an end, if it fits; whether it did.
    pub fn push(&mut self, side: Side, bytes: &[u8]) -> bool {
        let fits = self.0.bytes() + bytes.len() + OVERHEAD <= NODE_BYTES;
        if fits {
            match side {
                Side::Left => self.0.push_front(bytes),
                Side::Right => self.0.push_back(bytes),
            }
        }
        fits
    }
}

impl Leaf for Node {
    type Mark = ();

    fn len(&self) -> usize {
        self.0.len()
    }

    fn mark(&self) {}

    fn remove(&mut self, from: usize, to: usize) {
        self.0.remove(self.0.nth(from), to - from);
    }

    fn overflow(&mut self) -> Option<Node> {
        if self.0.bytes() <= NODE_BYTES || self.0.len() == 1 {
            return None;
        }
        // In the middle by bytes, but for something on both sides.
        let (front, half) = (self.0.front(), self.0.bytes() / 2);
        let mut at = self.0.after(front);
        while self.0.distance(front, at) < half && self.0.after(at) < self.0.end() {
            at = self.0.after(at);
        }
        Some(Node(self.0.split_off(at)))
    }

    fn is_small(&self) -> bool {
        self.0.bytes() < NODE_BYTES / 4
    }

    fn absorb(&mut self, right: &Node) -> bool {
        let fits = self.0.bytes() + right.0.bytes() <= NODE_BYTES * 3 / 4;
        if fits {
            self.0.append(&right.0);
        }
        fits
    }
}
