//! A small sorted set: one block of pairs, in order.
//!
//! # Layout
//!
//! ```text
//! | member 0 | score 0 | member 1 | score 1 | ...           elements of a `Packed`
//!
//! score:  an integer, where it is one that a double holds exactly
//!         FF and the eight bytes of the double, lowest first
//! ```

use structures::Packed;
use structures::packed::{Item, Iter, Spot};

use super::Limits;
use super::cut::Cut;

/// A block is never larger than this, whatever the limits are.
const BYTES_MAX: usize = 1 << 20;

/// Doubles up to this one are integers without gaps.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// In front of the bytes of a double, so that they never read as an integer.
const DOUBLE: u8 = 0xFF;

/// Pairs in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Small(Packed);

impl Small {
    pub fn len(&self) -> usize {
        self.0.len() / 2
    }

    pub fn allocated(&self) -> usize {
        self.0.allocated()
    }

    /// Whether one more member can come in.
    pub fn has_room(&self, member: &[u8], limits: Limits) -> bool {
        self.len() < limits.members
            && member.len() <= limits.member_bytes
            && self.0.bytes() + member.len() < BYTES_MAX
    }

    fn find(&self, member: &[u8]) -> Option<Spot> {
        self.0.find(self.0.front(), 2, member)
    }

    fn score_of(&self, member: Spot) -> f64 {
        read(self.0.item(self.0.after(member)))
    }

    #[inline]
    pub fn score(&self, member: &[u8]) -> Option<f64> {
        self.find(member).map(|at| self.score_of(at))
    }

    /// Adds a member that is not there.
    pub fn add(&mut self, member: &[u8], score: f64) {
        let at = self.0.insert(self.place_for(member, score), member);
        let (mut digits, mut bytes) = (itoa::Buffer::new(), [DOUBLE; 9]);
        let score = write(score, &mut digits, &mut bytes);
        self.0.insert(self.0.after(at), score);
    }

    /// Where a member belongs. The end is looked at first: many sets grow there.
    fn place_for(&self, member: &[u8], score: f64) -> Spot {
        let goes_behind = |at: Spot| {
            let other = self.score_of(at);
            let mut digits = itoa::Buffer::new();
            other < score || other == score && self.0.item(at).bytes(&mut digits) < member
        };
        let last = self.0.back().and_then(|score| self.0.before(score));
        if last.is_none_or(goes_behind) {
            return self.0.end();
        }
        let mut at = self.0.front();
        while goes_behind(at) {
            at = self.0.after(self.0.after(at));
        }
        at
    }

    pub fn remove(&mut self, member: &[u8]) -> Option<f64> {
        let at = self.find(member)?;
        let score = self.score_of(at);
        self.0.remove(at, 2);
        Some(score)
    }

    pub fn rank(&self, member: &[u8]) -> Option<(usize, f64)> {
        let at = self.find(member)?;
        let before = Iter::between(&self.0, self.0.front(), at).count();
        Some((before / 2, self.score_of(at)))
    }

    pub fn count_before(&self, cut: Cut<'_>) -> usize {
        let (mut at, mut count) = (self.0.front(), 0);
        while at != self.0.end() {
            let score = self.0.after(at);
            let mut digits = itoa::Buffer::new();
            let member = self.0.item(at);
            if !cut.is_behind(read(self.0.item(score)), || member.bytes(&mut digits)) {
                break;
            }
            at = self.0.after(score);
            count += 1;
        }
        count
    }

    pub fn each(&self, from: usize, to: usize, reverse: bool, mut see: impl FnMut(&[u8], f64)) {
        let mut digits = itoa::Buffer::new();
        let mut items = Iter::between(&self.0, self.0.nth(2 * from), self.0.nth(2 * to));
        while let Some((member, score)) = next_pair(&mut items, reverse) {
            see(member.bytes(&mut digits), read(score));
        }
    }

    pub fn remove_range(&mut self, from: usize, to: usize) {
        self.0.remove(self.0.nth(2 * from), 2 * (to - from));
    }
}

fn next_pair<'a>(items: &mut Iter<'a>, reverse: bool) -> Option<(Item<'a>, Item<'a>)> {
    if reverse {
        let score = items.next_back()?;
        Some((items.next_back()?, score))
    } else {
        Some((items.next()?, items.next()?))
    }
}

/// A score as an element.
fn write<'a>(score: f64, digits: &'a mut itoa::Buffer, bytes: &'a mut [u8; 9]) -> &'a [u8] {
    if score.abs() <= EXACT_MAX && score.trunc() == score {
        // compat: a small set does not keep the sign of a zero.
        return digits.format(score as i64).as_bytes();
    }
    bytes[1..].copy_from_slice(&score.to_le_bytes());
    bytes
}

/// The score that an element is.
fn read(element: Item<'_>) -> f64 {
    match element {
        Item::Int(value) => value as f64,
        Item::Bytes(bytes) => {
            let double = bytes[1..].try_into().expect("a score is an integer or eight bytes");
            f64::from_le_bytes(double)
        }
    }
}
