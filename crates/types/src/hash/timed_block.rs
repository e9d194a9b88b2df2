//! A small hash some of whose fields have deadlines: one block, as without them, with the deadline
//! behind each value.
//!
//! # Layout
//!
//! ```text
//! | next | field | value | deadline | field | value | deadline | ...
//! ```
//!
//! Deadlines are integers, eight bytes with what the block puts around them; an empty string says
//! that a field has none. `next` is the earliest of them, so that a reader knows with one look that
//! nothing is due.
//!
//! # Invariants
//!
//! 1. `next` is the earliest deadline, or `NONE` where there is none.

use structures::Packed;
use structures::packed::{Item, Spot};

use super::value::Was;

const NONE: i64 = i64::MAX;

/// A block of fields, values and deadlines.
#[derive(Clone, Debug)]
pub(super) struct TimedBlock(Packed<false>);

impl TimedBlock {
    /// The fields of a block without deadlines.
    pub fn of(plain: &Packed<false>) -> TimedBlock {
        let mut block = TimedBlock(Packed::new());
        block.0.push_back(itoa::Buffer::new().format(NONE).as_bytes());
        let (mut items, mut digits) = (plain.iter(), itoa::Buffer::new());
        while let Some((field, value)) = items.next().zip(items.next()) {
            block.0.push_back(field.bytes(&mut digits));
            block.0.push_back(value.bytes(&mut digits));
            block.0.push_back(b"");
        }
        block
    }

    /// The same fields without their deadlines.
    pub fn to_plain(&self) -> Packed<false> {
        let (mut plain, mut digits) = (Packed::new(), itoa::Buffer::new());
        self.for_each(|field, value, _| {
            plain.push_back(field.bytes(&mut digits));
            plain.push_back(value.bytes(&mut digits));
        });
        plain
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.0.len() / 3
    }

    /// Bytes of the block.
    pub fn allocated(&self) -> usize {
        self.0.allocated()
    }

    /// The earliest deadline.
    #[inline]
    pub fn next_due_ms(&self) -> Option<u64> {
        moment(self.0.item(self.0.front())).filter(|&ms| ms != NONE.unsigned_abs())
    }

    /// The first field; `end` where there is none.
    pub fn first(&self) -> Spot {
        self.0.after(self.0.front())
    }

    /// Behind the last field.
    pub fn end(&self) -> Spot {
        self.0.end()
    }

    /// The field with this index.
    pub fn nth(&self, index: usize) -> Spot {
        self.0.nth(1 + 3 * index)
    }

    /// Where a field is.
    pub fn find(&self, field: &[u8]) -> Option<Spot> {
        self.0.find(self.first(), 3, field)
    }

    /// The field at a spot, its value, its deadline, and where the next field is.
    #[inline]
    pub fn entry(&self, at: Spot) -> (Item<'_>, Item<'_>, Option<u64>, Spot) {
        let value = self.0.after(at);
        let deadline = self.0.after(value);
        let ms = moment(self.0.item(deadline));
        (self.0.item(at), self.0.item(value), ms, self.0.after(deadline))
    }

    /// Calls `see` for every field with its value and deadline.
    pub fn for_each<'a>(&'a self, mut see: impl FnMut(Item<'a>, Item<'a>, Option<u64>)) {
        let mut at = self.first();
        while at < self.end() {
            let (field, value, deadline, next) = self.entry(at);
            see(field, value, deadline);
            at = next;
        }
    }

    /// Gives a field a value, and leaves its deadline; says what was there.
    pub fn set_value(&mut self, field: &[u8], value: &[u8], dead_up_to_ms: u64) -> Was {
        let Some(at) = self.find(field) else {
            [field, value, b""].iter().for_each(|string| self.0.push_back(string));
            return Was::Absent;
        };
        let deadline = self.entry(at).2;
        self.0.replace(self.0.after(at), value);
        Was::of(deadline, dead_up_to_ms)
    }

    /// Sets or clears the deadline of a field that is there.
    pub fn set_deadline(&mut self, field: &[u8], deadline: Option<u64>) {
        let Some(at) = self.find(field) else { return };
        let spot = self.0.after(self.0.after(at));
        match deadline {
            Some(ms) => self.0.replace(spot, itoa::Buffer::new().format(stored(ms)).as_bytes()),
            None => self.0.replace(spot, b""),
        }
        self.refresh();
    }

    /// Takes a field out.
    pub fn remove(&mut self, at: Spot) {
        self.0.remove(at, 3);
        self.refresh();
    }

    /// Takes out up to `limit` fields that are due, and gives their names.
    pub fn take_due(&mut self, up_to_ms: u64, limit: usize) -> Vec<Vec<u8>> {
        let (mut names, mut at) = (Vec::new(), self.first());
        while at < self.end() && names.len() < limit {
            let (field, _, deadline, next) = self.entry(at);
            if deadline.is_some_and(|ms| ms <= up_to_ms) {
                names.push(field.to_vec());
                at = self.0.remove(at, 3);
            } else {
                at = next;
            }
        }
        self.refresh();
        names
    }

    /// Finds the earliest deadline anew (invariant 1).
    fn refresh(&mut self) {
        let mut next = NONE;
        self.for_each(|_, _, deadline| next = next.min(deadline.map_or(NONE, stored)));
        if self.0.item(self.0.front()) != Item::Int(next) {
            self.0.replace(self.0.front(), itoa::Buffer::new().format(next).as_bytes());
        }
    }
}

/// A deadline as the block holds it.
fn stored(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(NONE).min(NONE - 1)
}

/// The deadline that an element is.
#[inline]
fn moment(item: Item<'_>) -> Option<u64> {
    match item {
        Item::Int(ms) => Some(ms.unsigned_abs()),
        Item::Bytes(_) => None,
    }
}
