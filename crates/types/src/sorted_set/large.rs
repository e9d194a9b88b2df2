//! A large sorted set: a table of members with their scores, and a tree with their order.
//!
//! # Invariants
//!
//! 1. The tree has a place for each member, with its score and its position, in order.

mod chosen;

use structures::Tree;
use structures::elements::{Elements, PayloadKind, TOGETHER};

use super::cut::Cut;
use crate::places::Places;
use crate::sizes::hasher;

/// Where a member stands: its score, and its position in the table of members.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Place {
    score: f64,
    position: u64,
}

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
    order: Tree<Places<Place>>,
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
        // Leaves are some four fifths full; to look at each would take as long as to use it.
        let places = self.order.len() * size_of::<Place>() * 5 / 4;
        size_of::<Large>() + self.members.allocated() + places
    }

    #[inline]
    pub fn score(&self, member: &[u8]) -> Option<f64> {
        self.members.get(member).map(score_of)
    }

    pub fn insert(&mut self, member: &[u8], score: f64) -> Option<f64> {
        let position = self.members.position_of(member);
        let Some(payload) = self.members.payload_mut(member) else {
            let generation = self.members.generation();
            self.members.insert(member, &score.to_le_bytes());
            if self.members.generation() == generation {
                self.add_place(member, Place { score, position });
            } else {
                self.sort_anew();
            }
            return None;
        };
        let old = score_of(payload);
        payload.copy_from_slice(&score.to_le_bytes());
        if old.to_bits() != score.to_bits() {
            self.move_place(member, Place { score: old, position }, score);
        }
        Some(old)
    }

    pub fn remove(&mut self, member: &[u8]) -> Option<f64> {
        let score = self.score(member)?;
        let place = Place { score, position: self.members.position_of(member) };
        let before = up_to(&self.members, member, place);
        self.order.edit_before(&before, |leaf, _| {
            let at = index_of(leaf, &before, place);
            leaf.take(at);
        });
        drop(before);
        self.members.remove(member);
        Some(score)
    }

    fn add_place(&mut self, member: &[u8], place: Place) {
        let before = up_to(&self.members, member, place);
        let added = self.order.edit_before(&before, |leaf, _| {
            let at = leaf.as_slice().partition_point(|other| before(*other));
            leaf.insert(at, place);
        });
        if added.is_none() {
            self.order.push_back_leaf(Places::one(place));
        }
    }

    /// Gives a member's place another score; where the order stays, only the score changes.
    fn move_place(&mut self, member: &[u8], place: Place, score: f64) {
        let before = up_to(&self.members, member, place);
        let stays = self.order.edit_before(&before, |leaf, _| {
            let at = index_of(leaf, &before, place);
            let fits = match leaf.as_slice().get(at.wrapping_sub(1)..=at + 1) {
                Some([left, _, right]) => left.score < score && score < right.score,
                Some(_) | None => false,
            };
            if fits {
                leaf.place_mut(at).score = score;
            } else {
                leaf.take(at);
            }
            fits
        });
        drop(before);
        if stays != Some(true) {
            self.add_place(member, Place { score, ..place });
        }
    }

    /// Makes the order from nothing, as all positions are other ones now.
    #[cold]
    fn sort_anew(&mut self) {
        // Positions are found while the members are near, which in order they are not.
        let place = |(member, score): (&[u8], &[u8])| Place {
            score: score_of(score),
            position: self.members.position_of(member),
        };
        let mut places: Vec<Place> = self.members.iter().map(place).collect();
        places.sort_unstable_by(|a, b| {
            let scores = a.score.partial_cmp(&b.score).expect("no score is NaN");
            let member = |place: &Place| member_at(&self.members, place.position);
            scores.then_with(|| member(a).cmp(member(b)))
        });
        self.order = Tree::default();
        for leaf in places.chunks(Places::<Place>::MAX) {
            self.order.push_back_leaf(Places::new(leaf));
        }
    }

    pub fn rank(&self, member: &[u8]) -> Option<(usize, f64)> {
        let score = self.score(member)?;
        let place = Place { score, position: self.members.position_of(member) };
        let before = up_to(&self.members, member, place);
        let (leaf, rank) = self.order.leaf_before(&before)?;
        Some((rank + index_of(leaf, &before, place), score))
    }

    pub fn count_before(&self, cut: Cut<'_>) -> usize {
        let before =
            |place: Place| cut.is_behind(place.score, || member_at(&self.members, place.position));
        let found = self.order.leaf_before(before);
        found.map_or(0, |(leaf, rank)| {
            rank + leaf.as_slice().partition_point(|place| before(*place))
        })
    }

    /// Calls `see` for a range of ranks that lies inside.
    pub fn each(&self, from: usize, to: usize, reverse: bool, mut see: impl FnMut(&[u8], f64)) {
        let start = if reverse { to.saturating_sub(1) } else { from };
        let Some((mut cursor, mut offset)) = self.order.cursor_at(start) else { return };
        let mut left = to - from;
        while left > 0 {
            let places = cursor.leaf().as_slice();
            let part = if reverse {
                &places[(offset + 1).saturating_sub(left)..=offset]
            } else {
                &places[offset..places.len().min(offset + left)]
            };
            left -= part.len();
            if reverse {
                let parts = part.rchunks(TOGETHER);
                parts.for_each(|part| self.show(part.iter().rev(), &mut see));
                cursor.go_back();
                offset = cursor.leaf().as_slice().len() - 1;
            } else {
                let parts = part.chunks(TOGETHER);
                parts.for_each(|part| self.show(part.iter(), &mut see));
                cursor.go_forward();
                offset = 0;
            }
        }
    }

    /// Calls `see` with the members at some places, at most `TOGETHER`, which may be far apart.
    #[inline]
    fn show<'a>(
        &self,
        places: impl Iterator<Item = &'a Place> + Clone,
        see: &mut impl FnMut(&[u8], f64),
    ) {
        let mut scores = places.clone().map(|place| place.score);
        self.members.at_each(places.map(|place| place.position), |(member, _)| {
            see(member, scores.next().expect("a place for each"));
        });
    }

    /// Asks for members that are next at the end that one was taken from: who takes one often
    /// takes more.
    fn prefetch_next(&self, at_front: bool) {
        let Some((leaf, _)) = self.order.leaf_at(if at_front { 0 } else { self.len() }) else {
            return;
        };
        let places = leaf.as_slice();
        let nth =
            |n: usize| places.get(if at_front { n } else { places.len().wrapping_sub(n + 1) });
        if let Some(place) = nth(SOON) {
            self.members.prefetch_element(place.position);
        }
        if let Some(place) = nth(LATER) {
            self.members.prefetch(place.position);
        }
    }

    /// The table of members.
    pub fn members(&self) -> &Elements {
        &self.members
    }

    pub fn remove_range(&mut self, from: usize, to: usize) {
        let positions = self.positions(from, to - from);
        self.order.remove_range(from, to);
        positions.into_iter().for_each(|position| self.members.remove_position(position));
        if to - from == 1 && self.len() > NEAR {
            self.prefetch_next(from == 0);
        }
    }

    /// The positions of `count` members from a rank on.
    fn positions(&self, from: usize, count: usize) -> Vec<u64> {
        let mut positions = Vec::with_capacity(count);
        let Some((mut cursor, mut offset)) = self.order.cursor_at(from) else { return positions };
        while positions.len() < count {
            let places = &cursor.leaf().as_slice()[offset..];
            let part = &places[..places.len().min(count - positions.len())];
            positions.extend(part.iter().map(|place| place.position));
            cursor.go_forward();
            offset = 0;
        }
        positions
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
fn member_at(members: &Elements, position: u64) -> &[u8] {
    members.at_position(position).expect("every place has its member").0
}

/// Tells which places are before that of a member, or are that.
#[inline]
fn up_to<'a>(members: &'a Elements, member: &'a [u8], place: Place) -> impl Fn(Place) -> bool + 'a {
    move |other| {
        other.score < place.score
            || other.score == place.score
                && (other.position == place.position || member_at(members, other.position) < member)
    }
}

/// Where in its leaf a place is.
fn index_of(leaf: &Places<Place>, up_to: impl Fn(Place) -> bool, place: Place) -> usize {
    let behind = leaf.as_slice().partition_point(|other| up_to(*other));
    let at = behind.checked_sub(1).expect("every member has its place");
    assert_eq!(leaf.as_slice()[at].position, place.position, "every member has its place");
    at
}
