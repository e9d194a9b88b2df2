//! Members gathered with their scores; their order is made once, when all are there.
//!
//! Sorting once costs half of what finding the place of each among all others does.

use structures::elements::{Elements, PayloadKind};

use super::large::{Large, score_of};
use super::{Form, Limits, SortedSet};
use crate::sizes::hasher;

/// Members with scores, in no order yet.
pub struct Gathered {
    /// The payload of a member is its score.
    members: Elements,
    /// Bytes of the longest member.
    longest: usize,
}

impl Default for Gathered {
    fn default() -> Gathered {
        Gathered { members: Elements::new(hasher(), PayloadKind::Fixed(8)), longest: 0 }
    }
}

impl Gathered {
    /// Number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Gives a member the score that `change` makes of the one that it has.
    pub fn put(&mut self, member: &[u8], change: impl FnOnce(Option<f64>) -> f64) {
        if let Some(payload) = self.members.payload_mut(member) {
            let score = change(Some(score_of(payload)));
            payload.copy_from_slice(&score.to_le_bytes());
            return;
        }
        self.members.insert(member, &change(None).to_le_bytes());
        self.longest = self.longest.max(member.len());
    }

    /// Scores and members in order.
    #[must_use]
    pub fn sorted(&self) -> Vec<(f64, &[u8])> {
        let mut all: Vec<_> = self.members.iter().map(|(m, score)| (score_of(score), m)).collect();
        all.sort_unstable_by(|(one, a), (other, b)| {
            one.partial_cmp(other).expect("no score is NaN").then_with(|| a.cmp(b))
        });
        all
    }

    /// The sorted set of these.
    #[must_use]
    pub fn into_set(self, limits: Limits) -> SortedSet {
        if self.len() > limits.members || self.longest > limits.member_bytes {
            return SortedSet(Form::Large(Box::new(Large::of(self.members))));
        }
        let mut set = SortedSet::default();
        for (score, member) in self.sorted() {
            set.insert(member, score, limits);
        }
        set
    }
}
