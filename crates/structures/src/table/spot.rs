//! Where a key's entry stands: found once, for who looks at an entry before deciding what becomes
//! of it.

use super::entry_mut::EntryMut;
use super::map::Table;
use super::perishable::Perishable;
use super::segment::{Head, Place};
use crate::entry::{EntryRef, Raw};
use crate::position::Position;

/// What a search for a key found. It is good until the table changes; after that it leads to some
/// entry or none.
#[derive(Clone, Copy)]
pub struct Spot {
    position: Position,
    place: Place,
}

impl<V: Perishable> Table<V> {
    /// Where a key's entry stands.
    #[inline(always)]
    pub fn find(&self, position: Position, key: &[u8]) -> Option<Spot> {
        let (_, place) = self.locate(position, key)?;
        Some(Spot { position, place })
    }

    /// The entry at a spot.
    #[inline(always)]
    pub fn at(&self, spot: Spot) -> Option<EntryRef<'_, V>> {
        self.resolve(spot).map(|(_, raw)| EntryRef::new(raw))
    }

    /// The entry at a spot, for changing it.
    #[inline(always)]
    pub fn at_mut(&mut self, spot: Spot) -> Option<EntryMut<'_, V>> {
        let (head, raw) = self.resolve(spot)?;
        let segment = head.index as usize;
        Some(EntryMut::new(self, segment, spot.place, raw))
    }

    /// The directory leads to the segment anew, so that an old spot is wrong at worst.
    #[inline(always)]
    fn resolve(&self, spot: Spot) -> Option<(&Head, Raw<V>)> {
        let (head, _) = self.probe_of(spot.position)?;
        if spot.place.bucket >= head.size() {
            return None;
        }
        Some((head, head.bucket(spot.place.bucket).entry(spot.place.slot)?))
    }
}
