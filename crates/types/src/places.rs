//! The leaves of an order: places, each of which says where something stands.

use structures::tree::Leaf;

/// The most places in one leaf.
const FULL: usize = 64;

/// A leaf with fewer places would better be one with a neighbour.
const FEW: usize = FULL / 4;

/// Places in order.
#[derive(Clone, Debug)]
pub(crate) struct Places<P> {
    places: Vec<P>,
    /// Where the last place came in: it tells how the leaf grows.
    grown_at: usize,
}

impl<P: Copy> Places<P> {
    /// A leaf with one place.
    pub fn one(place: P) -> Places<P> {
        Places { places: vec![place], grown_at: 0 }
    }

    /// A leaf with these places, which are in order and not too many.
    pub fn new(places: &[P]) -> Places<P> {
        Places { places: places.to_vec(), grown_at: 0 }
    }

    /// The most that `new` takes.
    pub const MAX: usize = FULL;

    /// A place, for changing it within the order.
    pub fn place_mut(&mut self, at: usize) -> &mut P {
        &mut self.places[at]
    }

    /// The places.
    #[inline]
    pub fn as_slice(&self) -> &[P] {
        &self.places
    }

    /// Puts a place in.
    pub fn insert(&mut self, at: usize, place: P) {
        let len = self.places.len();
        if len == self.places.capacity() {
            // To the double: blocks of few sizes leave fewer gaps in the allocator's runs behind
            // than blocks that always fit.
            self.places.reserve_exact(len.max(4));
        }
        self.places.insert(at, place);
        self.grown_at = at;
    }

    /// Puts places in behind the others while there is room; gives how many.
    pub fn extend(&mut self, places: &[P]) -> usize {
        let (len, room) = (self.places.len(), FULL - self.places.len());
        let taken = places.len().min(room);
        if self.places.capacity() - len < taken {
            self.places.reserve_exact(taken.max(len).min(room));
        }
        self.places.extend_from_slice(&places[..taken]);
        taken
    }

    /// Takes one place out.
    pub fn take(&mut self, at: usize) {
        self.remove(at, at + 1);
    }
}

impl<P: Copy> Leaf for Places<P> {
    type Mark = P;

    #[inline]
    fn len(&self) -> usize {
        self.places.len()
    }

    #[inline]
    fn mark(&self) -> P {
        self.places[0]
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.places.drain(from..to);
        if self.places.capacity() > 2 * self.places.len() {
            self.places.shrink_to(self.places.len() * 5 / 4);
        }
    }

    fn overflow(&mut self) -> Option<Places<P>> {
        let len = self.places.len();
        if len <= FULL {
            return None;
        }
        let keep = match self.grown_at {
            0 => 1,
            at if at + 1 == len => FULL,
            _ => len / 2,
        };
        let places = self.places.split_off(keep);
        self.places.shrink_to_fit();
        Some(Places { places, grown_at: 0 })
    }

    fn is_small(&self) -> bool {
        self.places.len() < FEW
    }

    fn absorb(&mut self, right: &Places<P>) -> bool {
        let len = self.places.len() + right.places.len();
        let fits = len <= FULL - FEW;
        if fits {
            self.places.reserve_exact(right.places.len());
            self.places.extend_from_slice(&right.places);
        }
        fits
    }
}
