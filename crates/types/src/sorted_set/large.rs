//! A large sorted set: a table of members with their scores, and a tree with their order.
//!
//! # Invariants
//!
//! 1. The tree has a place for each member, with its score and its locator, in order.
//! 2. The places of members that have lookalikes are in rows of whole positions.

mod chosen;
#[cfg(test)]
mod tests;

use structures::Tree;
use structures::elements::{Elements, Locator, PayloadKind, Spot, TOGETHER};
use structures::tree::Leaf;

use super::cut::Cut;
use super::row::{Place, Row};
use crate::sizes::hasher;

/// A set with fewer members is in the nearer caches while it is in use.
const NEAR: usize = 8192;
/// How many pops ahead a member is asked for, and the memory that shows where it is.
const SOON: usize = 2;
const LATER: usize = 5;

/// Members and their order.
#[derive(Clone)]
pub(super) struct Large {
    /// The payload of a member is its score.
    members: Elements,
    order: Tree<Row>,
}

impl std::fmt::Debug for Large {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut map = f.debug_map();
        self.each(0, self.len(), false, |member, score| {
            map.entry(&member.escape_ascii().to_string(), &score);
        });
        map.finish()
    }
}

impl Default for Large {
    fn default() -> Large {
        let members = Elements::new(hasher(), PayloadKind::Fixed(8));
        Large { members, order: Tree::default() }
    }
}

impl Large {
    /// The set of these members, whose payloads are their scores.
    pub fn of(members: Elements) -> Large {
        let mut large = Large { members, order: Tree::default() };
        large.sort_anew();
        large
    }

    /// Calls `see` for all members in no order.
    pub fn for_each_member(&self, see: &mut impl FnMut(&[u8], f64)) {
        self.members.iter().for_each(|(member, score)| see(member, score_of(score)));
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Frees about so many blocks; whether nothing is left.
    pub fn dismantle(&mut self, blocks: usize) -> bool {
        self.order.dismantle(blocks) && self.members.dismantle(blocks)
    }

    pub fn allocated(&self) -> usize {
        // Twelve bytes each, and what rows and the nodes above them take; to look at each would
        // take as long as to use it.
        let places = self.order.len() * 14;
        size_of::<Large>() + self.members.allocated() + places
    }

    #[inline]
    pub fn score(&self, member: &[u8]) -> Option<f64> {
        self.members.get(member).map(score_of)
    }

    /// Where a member stands or would, and its score.
    #[inline]
    pub fn find(&self, member: &[u8]) -> (Spot, Option<f64>) {
        let spot = self.members.spot(member);
        (spot, self.members.payload_at(spot).map(score_of))
    }

    pub fn insert(&mut self, member: &[u8], score: f64) -> Option<f64> {
        self.insert_at(self.members.spot(member), member, score)
    }

    pub fn insert_at(&mut self, spot: Spot, member: &[u8], score: f64) -> Option<f64> {
        let position = spot.position();
        let Some(payload) = self.members.payload_at_mut(spot) else {
            let generation = self.members.generation();
            self.members.insert_at(spot, (member, &score.to_le_bytes()));
            if self.members.generation() == generation {
                self.add_place(member, score, position);
            } else {
                self.sort_anew();
            }
            return None;
        };
        let old = score_of(payload);
        payload.copy_from_slice(&score.to_le_bytes());
        if old.to_bits() != score.to_bits() {
            self.move_place(member, (old, position), score);
        }
        Some(old)
    }

    pub fn remove(&mut self, member: &[u8]) -> Option<f64> {
        let spot = self.members.spot(member);
        let score = self.members.payload_at(spot).map(score_of)?;
        let position = spot.position();
        let before = up_to(&self.members, member, (score, position));
        self.order.edit_before(&before, |row| {
            let at = index_of(row, (score, position));
            row.take(at);
        });
        drop(before);
        self.members.remove_spot(spot);
        Some(score)
    }

    fn add_place(&mut self, member: &[u8], score: f64, position: u64) {
        let mut has_lookalikes = false;
        self.members.lookalikes(member, position, |_, _| has_lookalikes = true);
        if has_lookalikes {
            self.make_lookalikes_whole(member, position);
        }
        let members = &self.members;
        let before = up_to(members, member, (score, position));
        let added = self.order.edit_before(&before, |row| {
            if has_lookalikes {
                row.make_whole(|locator| position_at(members, locator));
            }
            let at = row.count_before(&before);
            row.insert(at, score, position);
        });
        if added.is_none() {
            self.order.push_back_leaf(Row::new(std::iter::once((score, position)), false));
        }
    }

    /// Gives whole positions to the places of a member's lookalikes, of which there may so far have
    /// been one alone.
    #[cold]
    fn make_lookalikes_whole(&mut self, member: &[u8], position: u64) {
        let mut others = Vec::new();
        self.members.lookalikes(member, position, |other, score| {
            others.push((other.to_vec(), score_of(score)));
        });
        // The new member is one of two that its part may mean, and must not be asked for by that.
        for (other, score) in others {
            let place = (score, self.members.position_of(&other));
            let members = &self.members;
            let before = up_to(members, &other, place);
            self.order.edit_before(&before, |row| {
                row.make_whole(|locator| {
                    if locator.means(place.1) { place.1 } else { position_at(members, locator) }
                });
            });
        }
    }

    /// Gives a member's place another score; where the order stays, only the score changes.
    fn move_place(&mut self, member: &[u8], (old, position): (f64, u64), score: f64) {
        let before = up_to(&self.members, member, (old, position));
        let stays = self.order.edit_before(&before, |row| {
            let at = index_of(row, (old, position));
            let is_between = at > 0 && at + 1 < row.len();
            let fits = is_between && row.get(at - 1).score < score && score < row.get(at + 1).score;
            if fits {
                row.set_score(at, score);
            } else {
                row.take(at);
            }
            fits
        });
        drop(before);
        if stays != Some(true) {
            self.add_place(member, score, position);
        }
    }

    /// Makes the order from nothing, as all positions are other ones now.
    #[cold]
    fn sort_anew(&mut self) {
        // Positions are found while the members are near, which in order they are not.
        let place =
            |(member, score): (&[u8], &[u8])| (score_of(score), self.members.position_of(member));
        let mut places: Vec<(f64, u64)> = self.members.iter().map(place).collect();
        let member = |position: u64| member_at(&self.members, Locator::whole(position));
        places.sort_unstable_by(|a, b| {
            let scores = a.0.partial_cmp(&b.0).expect("no score is NaN");
            scores.then_with(|| member(a.1).cmp(member(b.1)))
        });
        let has_lookalikes = |&(_, position): &(f64, u64)| {
            let mut has = false;
            self.members.lookalikes(member(position), position, |_, _| has = true);
            has
        };
        let mut order = Tree::default();
        for row in places.chunks(Row::MAX) {
            order.push_back_leaf(Row::new(row.iter().copied(), row.iter().any(has_lookalikes)));
        }
        self.order = order;
    }

    pub fn rank(&self, member: &[u8]) -> Option<(usize, f64)> {
        let score = self.score(member)?;
        let position = self.members.position_of(member);
        let before = up_to(&self.members, member, (score, position));
        let (row, rank) = self.order.ranked_leaf_before(&before)?;
        Some((rank + index_of(row, (score, position)), score))
    }

    pub fn count_before(&self, cut: Cut<'_>) -> usize {
        let before =
            |place: Place| cut.is_behind(place.score, || member_at(&self.members, place.locator));
        let found = self.order.ranked_leaf_before(before);
        found.map_or(0, |(row, rank)| rank + row.count_before(before))
    }

    /// Calls `see` for a range of ranks that lies inside.
    pub fn each(&self, from: usize, to: usize, reverse: bool, mut see: impl FnMut(&[u8], f64)) {
        let start = if reverse { to.saturating_sub(1) } else { from };
        let Some((mut cursor, mut offset)) = self.order.cursor_at(start) else { return };
        let mut left = to - from;
        while left > 0 {
            let row = cursor.leaf();
            let (mut from, mut to) = if reverse {
                ((offset + 1).saturating_sub(left), offset + 1)
            } else {
                (offset, row.len().min(offset + left))
            };
            left -= to - from;
            while from < to {
                let few = TOGETHER.min(to - from);
                if reverse {
                    self.show(row.range(to - few, to).rev(), &mut see);
                    to -= few;
                } else {
                    self.show(row.range(from, from + few), &mut see);
                    from += few;
                }
            }
            if reverse {
                cursor.go_back();
                offset = cursor.leaf().len() - 1;
            } else {
                cursor.go_forward();
                offset = 0;
            }
        }
    }

    /// Calls `see` with the members at some places, at most `TOGETHER`, which may be far apart.
    #[inline]
    fn show(&self, places: impl Iterator<Item = Place>, see: &mut impl FnMut(&[u8], f64)) {
        let locators = places.map(|place| place.locator);
        self.members.at_each(locators, |(member, score)| see(member, score_of(score)));
    }

    /// Asks for members that are next at the end that one was taken from: who takes one often
    /// takes more.
    fn prefetch_next(&self, at_front: bool) {
        let Some((row, _)) = self.order.leaf_at(if at_front { 0 } else { self.len() }) else {
            return;
        };
        let nth = |n: usize| {
            let at = if at_front { n } else { row.len() - 1 - n };
            row.get(at).locator.first()
        };
        if SOON < row.len() {
            self.members.prefetch_element(nth(SOON));
        }
        if LATER < row.len() {
            self.members.prefetch(nth(LATER));
        }
    }

    /// The table of members.
    pub fn members(&self) -> &Elements {
        &self.members
    }

    pub fn remove_range(&mut self, from: usize, to: usize) {
        let locators = self.locators(from, to - from);
        self.order.remove_range(from, to);
        // Of two lookalikes each has its whole position here, so each goes by its own.
        locators.into_iter().for_each(|locator| self.members.remove_at(locator, |_| {}));
    }

    /// Takes the member with a rank out, after `see` has seen it.
    pub fn take(&mut self, rank: usize, see: impl FnOnce(&[u8], f64)) {
        let taken = self.order.edit_at(rank, |row, at| {
            let place = row.get(at);
            row.take(at);
            place
        });
        let locator = taken.expect("ranks lie inside").locator;
        self.members.remove_at(locator, |(member, score)| see(member, score_of(score)));
        if self.len() > NEAR {
            self.prefetch_next(rank == 0);
        }
    }

    /// What names `count` members from a rank on.
    fn locators(&self, from: usize, count: usize) -> Vec<Locator> {
        let mut locators = Vec::with_capacity(count);
        let Some((mut cursor, mut offset)) = self.order.cursor_at(from) else { return locators };
        while locators.len() < count {
            let row = cursor.leaf();
            let to = row.len().min(offset + count - locators.len());
            locators.extend(row.range(offset, to).map(|place| place.locator));
            cursor.go_forward();
            offset = 0;
        }
        locators
    }

    pub fn scan(&self, cursor: u64, see: &mut impl FnMut(&[u8], f64)) -> u64 {
        self.members.scan(cursor, |(member, score)| see(member, score_of(score)))
    }
}

/// The score that a payload is.
#[inline]
pub(super) fn score_of(payload: &[u8]) -> f64 {
    f64::from_le_bytes(payload.try_into().expect("all payloads have eight bytes"))
}

#[inline]
fn member_at(members: &Elements, locator: Locator) -> &[u8] {
    members.at(locator).expect("every place has its member").0
}

fn position_at(members: &Elements, locator: Locator) -> u64 {
    members.position_of(member_at(members, locator))
}

/// Tells which places are before that of a member with this score and position, or are that.
#[inline]
fn up_to<'a>(
    members: &'a Elements,
    member: &'a [u8],
    (score, position): (f64, u64),
) -> impl Fn(Place) -> bool + 'a {
    #[inline(never)]
    fn is_equal_up_to(members: &Elements, member: &[u8], position: u64, other: Locator) -> bool {
        other.means(position) || member_at(members, other) < member
    }
    #[inline(always)]
    move |other| {
        other.score < score
            || other.score == score && is_equal_up_to(members, member, position, other.locator)
    }
}

/// Where in its row the place of a member is. Of those with its score it is known by its position;
/// to compare members would take a look-up for each.
fn index_of(row: &Row, (score, position): (f64, u64)) -> usize {
    let first = row.count_before(|place| place.score < score);
    let mut places = row.range(first, row.len()).take_while(|place| place.score == score);
    let found = places.position(|place| place.locator.means(position));
    first + found.expect("every member has its place")
}
