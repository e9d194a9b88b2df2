//! The leaves of the order of a large sorted set.

use structures::tree::Leaf;

/// The most places in one leaf.
const FULL: usize = 128;

/// A leaf with fewer places would better be one with a neighbour.
const FEW: usize = FULL / 4;

/// Where a member stands: its score, and its position in the table of members.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Place {
    pub score: f64,
    pub position: u64,
}

/// Places in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    places: Vec<Place>,
    /// Where the last place came in: it tells how the leaf grows.
    grown_at: usize,
}

impl Places {
    /// A leaf with one place.
    pub fn one(place: Place) -> Places {
        Places { places: vec![place], grown_at: 0 }
    }

    /// A leaf with these places, which are in order and not too many.
    pub fn new(places: &[Place]) -> Places {
        Places { places: places.to_vec(), grown_at: 0 }
    }

    /// The most that `new` takes.
    pub const MAX: usize = FULL;

    /// The places.
    #[inline]
    pub fn as_slice(&self) -> &[Place] {
        &self.places
    }

    /// A place, for changing its score within the order.
    pub fn score_mut(&mut self, at: usize) -> &mut f64 {
        &mut self.places[at].score
    }

    /// Puts a place in.
    pub fn insert(&mut self, at: usize, place: Place) {
        let len = self.places.len();
        if len == self.places.capacity() {
            // Memory counts more than copying a few cache lines now and then.
            self.places.reserve_exact((len / 8).max(4));
        }
        self.places.insert(at, place);
        self.grown_at = at;
    }

    /// Takes one place out.
    pub fn take(&mut self, at: usize) {
        self.remove(at, at + 1);
    }
}

impl Leaf for Places {
    type Mark = Place;

    #[inline]
    fn len(&self) -> usize {
        self.places.len()
    }

    #[inline]
    fn mark(&self) -> Place {
        self.places[0]
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.places.drain(from..to);
        if self.places.capacity() > 2 * self.places.len() {
            self.places.shrink_to(self.places.len() * 5 / 4);
        }
    }

    fn overflow(&mut self) -> Option<Places> {
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

    fn absorb(&mut self, right: &Places) -> bool {
        let len = self.places.len() + right.places.len();
        let fits = len <= FULL - FEW;
        if fits {
            self.places.reserve_exact(right.places.len());
            self.places.extend_from_slice(&right.places);
        }
        fits
    }
}
