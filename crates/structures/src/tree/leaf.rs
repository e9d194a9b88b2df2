//! What a tree must know of its leaves.

/// A run of elements, as one block.
pub trait Leaf: Clone {
    /// What orders elements, of the first one of a leaf; `()` where only their order counts.
    type Mark: Copy;

    /// Number of elements.
    fn len(&self) -> usize;

    /// Whether there are no elements.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The mark of the first element; never asked of an empty leaf.
    fn mark(&self) -> Self::Mark;

    /// Takes the elements from one offset to another, not included, out.
    fn remove(&mut self, from: usize, to: usize);

    /// If the leaf has become too large: what lies behind the part that stays and fits. The new
    /// leaf is asked next.
    fn overflow(&mut self) -> Option<Self>;

    /// Whether the leaf is too large and would better share with a neighbour than be halved.
    fn is_crowded(&self) -> bool {
        false
    }

    /// Divides the elements of this leaf and the one behind it evenly among them, or among them and
    /// a third one, which is given. `None`, and nothing happens, if they cannot share.
    fn share(&mut self, _right: &mut Self) -> Option<Option<Self>> {
        None
    }

    /// Whether the leaf would better be one with a neighbour.
    fn is_small(&self) -> bool;

    /// Takes the elements of the leaf behind this one too, if both together fit well.
    fn absorb(&mut self, right: &Self) -> bool;
}
