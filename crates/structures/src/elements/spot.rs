//! Where a key stands in a table, or would stand: found once, for who looks at an element before
//! deciding what becomes of it.

use super::codec::Pair;
use super::map::{Elements, PayloadKind, Place};

/// What a search for a key found. It is good until the table changes.
#[derive(Clone, Copy)]
pub struct Spot {
    position: u64,
    /// The key's segment, if there are segments.
    place: Option<Place>,
    found: Found,
}

#[derive(Clone, Copy)]
enum Found {
    /// The key, in this slot of its segment.
    Here(usize),
    /// Nothing, and its position is free.
    Free,
    /// Another key at its position.
    Collision,
}

impl Spot {
    /// Whether the key is there.
    #[inline]
    pub fn is_taken(self) -> bool {
        matches!(self.found, Found::Here(_))
    }

    /// The position of the key.
    #[inline]
    pub fn position(self) -> u64 {
        self.position
    }
}

impl Elements {
    /// Where a key stands or would.
    #[inline]
    pub fn spot(&self, key: &[u8]) -> Spot {
        let position = self.position_of(key);
        let place = self.place(position);
        let found = place.map_or(Found::Free, |place| self.search(place, position, key));
        Spot { position, place, found }
    }

    #[inline]
    fn search(&self, place: Place, position: u64, key: &[u8]) -> Found {
        let (segment, kind) = (self.segment(place), self.kind);
        let slot = segment.find(position as u8, |slot| {
            let other = segment.element(slot, kind).0;
            other == key || self.position_of(other) == position
        });
        match slot {
            Some(slot) if segment.element(slot, kind).0 == key => Found::Here(slot),
            Some(_) => Found::Collision,
            None => Found::Free,
        }
    }

    /// The payload at a spot, if its key is there.
    #[inline]
    pub fn payload_at(&self, spot: Spot) -> Option<&[u8]> {
        let (Found::Here(slot), Some(place)) = (spot.found, spot.place) else { return None };
        Some(self.segment(place).element(slot, self.kind).1)
    }

    /// The payload at a spot, for changing, if its key is there; its length stays.
    #[inline]
    pub fn payload_at_mut(&mut self, spot: Spot) -> Option<&mut [u8]> {
        let (Found::Here(slot), Some(place)) = (spot.found, spot.place) else { return None };
        let kind = self.kind;
        Some(self.unique(place).payload_mut(slot, kind))
    }

    /// The payload of a key, for changing; its length stays.
    pub fn payload_mut(&mut self, key: &[u8]) -> Option<&mut [u8]> {
        self.payload_at_mut(self.spot(key))
    }

    /// Gives a key a payload; whether the key is new.
    ///
    /// # Panics
    ///
    /// Panics if the payload has not the length that all payloads of the table have.
    #[inline]
    pub fn insert(&mut self, key: &[u8], payload: &[u8]) -> bool {
        self.insert_at(self.spot(key), (key, payload))
    }

    /// Gives the key that a spot was found for a payload; whether the key is new.
    ///
    /// # Panics
    ///
    /// Panics if the payload has not the length that all payloads of the table have.
    pub fn insert_at(&mut self, spot: Spot, pair: Pair<'_>) -> bool {
        if let PayloadKind::Fixed(len) = self.kind {
            assert_eq!(pair.1.len(), len as usize, "all payloads of this table are as long");
        }
        let Some(place) = spot.place else {
            self.plant();
            return self.insert(pair.0, pair.1);
        };
        match spot.found {
            Found::Here(slot) => {
                self.replace(place, slot, pair);
                false
            }
            Found::Free => {
                self.add(place, spot.position, pair);
                true
            }
            Found::Collision => {
                self.reseed();
                self.insert(pair.0, pair.1)
            }
        }
    }

    /// Removes a key; whether it was there.
    pub fn remove(&mut self, key: &[u8]) -> bool {
        self.remove_spot(self.spot(key))
    }

    /// Removes the key that a spot was found for; whether it was there.
    pub fn remove_spot(&mut self, spot: Spot) -> bool {
        let (Found::Here(slot), Some(place)) = (spot.found, spot.place) else { return false };
        self.take(place, slot);
        true
    }
}
