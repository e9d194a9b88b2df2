//! Walking over the elements of a block, from both ends.

use super::{Item, Packed, Spot};

/// Elements of a block in order.
#[derive(Clone)]
pub struct Iter<'a, const SIZED: bool = true> {
    packed: &'a Packed<SIZED>,
    front: Spot,
    back: Spot,
}

impl<'a, const SIZED: bool> Iter<'a, SIZED> {
    pub(super) fn new(packed: &'a Packed<SIZED>) -> Iter<'a, SIZED> {
        Iter::between(packed, packed.front(), packed.end())
    }

    /// The elements from one spot to before another.
    pub fn between(packed: &'a Packed<SIZED>, front: Spot, back: Spot) -> Iter<'a, SIZED> {
        Iter { packed, front, back }
    }
}

impl<'a, const SIZED: bool> Iterator for Iter<'a, SIZED> {
    type Item = Item<'a>;

    #[inline]
    fn next(&mut self) -> Option<Item<'a>> {
        if self.front >= self.back {
            return None;
        }
        let (item, next) = self.packed.item_and_next(self.front);
        self.front = next;
        Some(item)
    }
}

impl DoubleEndedIterator for Iter<'_> {
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.front >= self.back {
            return None;
        }
        self.back = self.packed.before(self.back)?;
        Some(self.packed.item(self.back))
    }
}

impl<'a, const SIZED: bool> IntoIterator for &'a Packed<SIZED> {
    type Item = Item<'a>;
    type IntoIter = Iter<'a, SIZED>;

    fn into_iter(self) -> Iter<'a, SIZED> {
        self.iter()
    }
}
