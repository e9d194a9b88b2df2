//! Sorted sets: members, each with a score, in the order of their scores.
//!
//! A small one is a single block of pairs, in order. A large one keeps each member once, in a hash
//! table with its score, and the order in a counted tree of scores and locators in that table; a
//! comparison looks a member up only among equal scores. A skip list with the members in its nodes
//! costs two pointers and an allocation for each of them, and more cache misses to find a rank.
//!
//! # Invariants
//!
//! 1. No score is NaN; `-0` and `0` are equal. Members of equal scores are ordered by their bytes.
//! 2. A set becomes large once it passes its limits, and never small again.

mod cut;
mod gathered;
mod large;
mod row;
mod small;
#[cfg(test)]
mod tests;

pub use cut::Cut;
pub use gathered::Gathered;
use large::Large;
use small::Small;

use structures::elements::{Elements, Spot};

use crate::value::{Kind, Object, Value};

/// Up to which size a set stays small.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Number of members.
    pub members: usize,
    /// Bytes of the longest member.
    pub member_bytes: usize,
}

/// What the servers of the field begin with.
impl Default for Limits {
    fn default() -> Limits {
        Limits { members: 128, member_bytes: 64 }
    }
}

/// A sorted set.
#[derive(Clone, Debug)]
pub struct SortedSet(Form);

#[derive(Clone, Debug)]
enum Form {
    Small(Small),
    Large(Box<Large>),
}

/// Where a member stands in a set, or would. It is good until the set changes.
#[derive(Clone, Copy)]
pub struct Standing {
    score: Option<f64>,
    /// In the table of a large set.
    spot: Option<Spot>,
}

impl Standing {
    /// The member's score, if it is there.
    #[inline]
    pub fn score(self) -> Option<f64> {
        self.score
    }
}

impl Default for SortedSet {
    fn default() -> SortedSet {
        SortedSet(Form::Small(Small::default()))
    }
}

impl SortedSet {
    /// The score of a member.
    #[inline]
    pub fn score(&self, member: &[u8]) -> Option<f64> {
        match &self.0 {
            Form::Small(small) => small.score(member),
            Form::Large(large) => large.score(member),
        }
    }

    /// The table of a large set.
    #[inline]
    pub(crate) fn table(&self) -> Option<&Elements> {
        if let Form::Large(large) = &self.0 { Some(large.members()) } else { None }
    }

    /// Where a member stands, or would.
    #[inline]
    pub fn find(&self, member: &[u8]) -> Standing {
        match &self.0 {
            Form::Small(small) => Standing { score: small.score(member), spot: None },
            Form::Large(large) => {
                let (spot, score) = large.find(member);
                Standing { score, spot: Some(spot) }
            }
        }
    }

    /// Gives a member, new or not, a score; returns the one that it had.
    pub fn insert(&mut self, member: &[u8], score: f64, limits: Limits) -> Option<f64> {
        self.insert_at(self.find(member), (member, score), limits)
    }

    /// Gives the member that was found last, before any change, a score; returns the one that it
    /// had.
    pub fn insert_at(
        &mut self,
        standing: Standing,
        (member, score): (&[u8], f64),
        limits: Limits,
    ) -> Option<f64> {
        assert!(!score.is_nan(), "NaN has no place in an order");
        match (&mut self.0, standing.spot) {
            (Form::Small(small), _) => {
                if standing.score.is_some() {
                    small.remove(member);
                    small.add(member, score);
                    return standing.score;
                }
                if small.has_room(member, limits) {
                    small.add(member, score);
                    return None;
                }
                let mut large = Large::default();
                small.each(0, small.len(), false, |member, score| {
                    large.insert(member, score);
                });
                large.insert(member, score);
                self.0 = Form::Large(Box::new(large));
                None
            }
            (Form::Large(large), Some(spot)) => large.insert_at(spot, member, score),
            (Form::Large(large), None) => large.insert(member, score),
        }
    }

    /// Takes a member out; returns its score.
    pub fn remove(&mut self, member: &[u8]) -> Option<f64> {
        match &mut self.0 {
            Form::Small(small) => small.remove(member),
            Form::Large(large) => large.remove(member),
        }
    }

    /// How many members are before this one, and its score.
    pub fn rank(&self, member: &[u8]) -> Option<(usize, f64)> {
        match &self.0 {
            Form::Small(small) => small.rank(member),
            Form::Large(large) => large.rank(member),
        }
    }

    /// How many members are before a cut.
    pub fn count_before(&self, cut: Cut<'_>) -> usize {
        match &self.0 {
            Form::Small(small) => small.count_before(cut),
            Form::Large(large) => large.count_before(cut),
        }
    }

    /// Calls `see` for the members with ranks from `from` to before `to`, in order or backwards.
    pub fn each(&self, from: usize, to: usize, reverse: bool, see: impl FnMut(&[u8], f64)) {
        let to = to.min(self.len());
        if from >= to {
            return;
        }
        match &self.0 {
            Form::Small(small) => small.each(from, to, reverse, see),
            Form::Large(large) => large.each(from, to, reverse, see),
        }
    }

    /// Calls `choose` with the scores of the members with ranks from `from` to before `to`, and
    /// `see` with those for which it gives something, in order.
    pub fn each_chosen<T>(
        &self,
        (from, to): (usize, usize),
        mut choose: impl FnMut(f64) -> Option<T>,
        mut see: impl FnMut(&[u8], f64, T),
    ) {
        let to = to.min(self.len());
        if from >= to {
            return;
        }
        match &self.0 {
            Form::Small(small) => small.each(from, to, false, |member, score| {
                if let Some(what) = choose(score) {
                    see(member, score, what);
                }
            }),
            Form::Large(large) => large.each_chosen((from, to), choose, see),
        }
    }

    /// Calls `see` for all members in order.
    pub fn for_each(&self, see: impl FnMut(&[u8], f64)) {
        self.each(0, self.len(), false, see);
    }

    /// Calls `see` for all members in no order, which takes less time.
    pub fn for_each_member(&self, mut see: impl FnMut(&[u8], f64)) {
        match &self.0 {
            Form::Small(_) => self.for_each(see),
            Form::Large(large) => large.for_each_member(&mut see),
        }
    }

    /// Takes the members with ranks from `from` to before `to` out.
    pub fn remove_range(&mut self, from: usize, to: usize) {
        let to = to.min(self.len());
        if from >= to {
            return;
        }
        match &mut self.0 {
            Form::Small(small) => small.remove_range(from, to),
            Form::Large(large) => large.remove_range(from, to),
        }
    }

    /// Takes the members with ranks from `from` to before `to`, which lie inside, out and calls
    /// `see` with each.
    pub fn drain(&mut self, from: usize, to: usize, reverse: bool, see: impl FnMut(&[u8], f64)) {
        if let (Form::Large(large), 1) = (&mut self.0, to - from) {
            return large.take(from, see);
        }
        self.each(from, to, reverse, see);
        self.remove_range(from, to);
    }

    /// Calls `see` for some members, and gives the cursor for the next call; 0 begins and ends. A
    /// member that is there from the first call to the last is seen at least once.
    pub fn scan(&self, cursor: u64, mut see: impl FnMut(&[u8], f64)) -> u64 {
        match &self.0 {
            Form::Small(small) => {
                small.each(0, small.len(), false, see);
                0
            }
            Form::Large(large) => large.scan(cursor, &mut see),
        }
    }
}

impl Object for SortedSet {
    fn type_name(&self) -> &'static str {
        "zset"
    }

    fn encoding(&self) -> &'static str {
        match &self.0 {
            Form::Small(_) => "listpack",
            Form::Large(_) => "skiplist",
        }
    }

    fn len(&self) -> usize {
        match &self.0 {
            Form::Small(small) => small.len(),
            Form::Large(large) => large.len(),
        }
    }

    fn dismantle(&mut self, blocks: usize) -> bool {
        match &mut self.0 {
            Form::Small(_) => true,
            Form::Large(large) => large.dismantle(blocks),
        }
    }

    fn allocated(&self) -> usize {
        match &self.0 {
            Form::Small(small) => small.allocated(),
            Form::Large(large) => large.allocated(),
        }
    }
}

impl Kind for SortedSet {
    fn of(value: &Value) -> Option<&SortedSet> {
        if let Value::SortedSet(set) = value { Some(set) } else { None }
    }

    fn of_mut(value: &mut Value) -> Option<&mut SortedSet> {
        if let Value::SortedSet(set) = value { Some(set) } else { None }
    }

    fn into_value(self) -> Value {
        Value::SortedSet(self)
    }
}
