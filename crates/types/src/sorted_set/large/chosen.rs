//! Walking over members of which some are wanted, by their scores.
//!
//! The scores lie one behind the other, the members anywhere. So the scores are looked at first,
//! and only the members that are wanted are fetched, several at a time.

use structures::elements::Locator;
use structures::tree::Leaf;

use super::{Large, Place, TOGETHER};

impl Large {
    /// Calls `choose` with the scores of a range of ranks that lies inside, and `see` with those
    /// members for which it gives something, in order.
    pub fn each_chosen<T>(
        &self,
        (from, to): (usize, usize),
        mut choose: impl FnMut(f64) -> Option<T>,
        mut see: impl FnMut(&[u8], f64, T),
    ) {
        let Some((mut cursor, mut offset)) = self.order.cursor_at(from) else { return };
        let mut left = to - from;
        let mut chosen: Vec<(Place, T)> = Vec::with_capacity(TOGETHER);
        while left > 0 {
            let row = cursor.leaf();
            let to = row.len().min(offset + left);
            left -= to - offset;
            for place in row.range(offset, to) {
                let Some(what) = choose(place.score) else { continue };
                chosen.push((place, what));
                if chosen.len() == TOGETHER {
                    self.show_chosen(&mut chosen, &mut see);
                }
            }
            cursor.go_forward();
            offset = 0;
        }
        self.show_chosen(&mut chosen, &mut see);
    }

    fn show_chosen<T>(&self, chosen: &mut Vec<(Place, T)>, see: &mut impl FnMut(&[u8], f64, T)) {
        const NONE: Locator = Locator::whole(0);
        let locators: [Locator; TOGETHER] =
            std::array::from_fn(|index| chosen.get(index).map_or(NONE, |(place, _)| place.locator));
        let locators = locators.into_iter().take(chosen.len());
        let mut chosen = chosen.drain(..);
        self.members.at_each(locators, |(member, _)| {
            let (place, what) = chosen.next().expect("a place for each");
            see(member, place.score, what);
        });
    }
}
