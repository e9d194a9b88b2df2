//! What a reader sees of a hash: the fields whose deadline is not past.
//!
//! Fields that are due leave within a tenth of a second, but until then, and for as long as a
//! replica or a pause keeps them, they are there and nobody may see them. So there is no other way
//! to a field than this view; where nothing is due, which is nearly always, it costs one
//! comparison.

use structures::elements;
use structures::packed::{self, Item, Spot};

use super::timed_block::TimedBlock;
use super::timed_table::TimedTable;
use super::value::{Hash, find, items};
use crate::Object;
use crate::sizes::index_of;

/// How often a field is drawn again that is past its deadline.
const DRAWS: u64 = 100;

/// The fields of a hash that are not past their deadlines.
#[derive(Clone, Copy)]
pub struct Live<'a> {
    hash: &'a Hash,
    /// Fields with a deadline up to this one are not seen; 0 where none is due.
    dead_up_to_ms: u64,
}

impl<'a> Live<'a> {
    pub(super) fn new(hash: &'a Hash, dead_up_to_ms: u64) -> Live<'a> {
        let due = hash.next_due_ms().is_some_and(|ms| ms <= dead_up_to_ms);
        Live { hash, dead_up_to_ms: if due { dead_up_to_ms } else { 0 } }
    }

    #[inline]
    fn shows(self, deadline: Option<u64>) -> bool {
        deadline.is_none_or(|ms| ms > self.dead_up_to_ms)
    }

    /// Whether every field is seen.
    #[inline]
    fn is_whole(self) -> bool {
        self.dead_up_to_ms == 0
    }

    /// The value of a field.
    #[must_use]
    #[inline]
    pub fn get(self, field: &[u8]) -> Option<Item<'a>> {
        match self.hash {
            Hash::Packed(packed) => find(packed, field).map(|at| packed.item(packed.after(at))),
            Hash::Table(table) => table.get(field).map(Item::Bytes),
            Hash::TimedBlock(_) | Hash::TimedTable(_) => self.get_timed(field),
        }
    }

    fn get_timed(self, field: &[u8]) -> Option<Item<'a>> {
        match self.hash {
            Hash::TimedBlock(block) => {
                let (_, value, deadline, _) = block.entry(block.find(field)?);
                self.shows(deadline).then_some(value)
            }
            Hash::TimedTable(timed) => {
                let value = timed.table().get(field)?;
                let seen = self.is_whole() || self.shows(timed.deadline(field));
                seen.then_some(Item::Bytes(value))
            }
            Hash::Packed(_) | Hash::Table(_) => self.get(field),
        }
    }

    /// Whether a field is there.
    #[must_use]
    pub fn contains(self, field: &[u8]) -> bool {
        self.get(field).is_some()
    }

    /// The deadline of a field, in milliseconds since 1970: `Some(None)` where it has none.
    #[must_use]
    pub fn deadline(self, field: &[u8]) -> Option<Option<u64>> {
        let deadline = match self.hash {
            Hash::Packed(_) | Hash::Table(_) => self.contains(field).then_some(None)?,
            Hash::TimedBlock(block) => block.entry(block.find(field)?).2,
            Hash::TimedTable(timed) => {
                timed.table().contains(field).then(|| timed.deadline(field))?
            }
        };
        self.shows(deadline).then_some(deadline)
    }

    /// Number of fields, at the price of a walk where some are due.
    #[must_use]
    pub fn count(self) -> usize {
        if self.is_whole() { self.hash.len() } else { self.iter().count() }
    }

    /// The fields with their values; those of a block in the order in which they came.
    #[must_use]
    pub fn iter(self) -> Iter<'a> {
        let of = match self.hash {
            Hash::Packed(packed) => Of::Packed(packed.iter()),
            Hash::Table(table) => Of::Table(table.iter()),
            Hash::TimedBlock(block) => Of::TimedBlock(block, block.first()),
            Hash::TimedTable(timed) => Of::TimedTable(timed, timed.table().iter()),
        };
        Iter { of, view: self }
    }

    /// A field by chance with its value, each as likely as any other, from a random number.
    #[must_use]
    pub fn random(self, random: u64) -> Option<(Item<'a>, Item<'a>)> {
        if self.is_whole() {
            return self.draw(random);
        }
        let mut draws = (0..DRAWS).filter_map(|draw| {
            self.draw(random.wrapping_add(draw.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
        });
        draws.next().or_else(|| self.iter().next())
    }

    /// Draws a field, which may be one that is not seen.
    fn draw(self, random: u64) -> Option<(Item<'a>, Item<'a>)> {
        match self.hash {
            Hash::Packed(packed) if packed.is_empty() => None,
            Hash::Packed(packed) => {
                let at = packed.nth(2 * index_of(random, packed.len() / 2));
                Some((packed.item(at), packed.item(packed.after(at))))
            }
            Hash::Table(table) => table.random(random).map(items),
            Hash::TimedBlock(block) if block.len() == 0 => None,
            Hash::TimedBlock(block) => {
                let at = block.nth(index_of(random, block.len()));
                let (field, value, deadline, _) = block.entry(at);
                self.shows(deadline).then_some((field, value))
            }
            Hash::TimedTable(timed) => {
                let (field, value) = timed.table().random(random)?;
                let seen = self.is_whole() || self.shows(timed.deadline(field));
                seen.then(|| items((field, value)))
            }
        }
    }

    /// Calls `see` for some fields, all of them where they are few, and gives the cursor for the
    /// next call, 0 at the end. It begins with 0.
    pub fn scan(self, cursor: u64, mut see: impl FnMut(Item<'a>, Item<'a>)) -> u64 {
        match self.hash {
            Hash::Packed(_) | Hash::TimedBlock(_) => {
                self.iter().for_each(|(field, value)| see(field, value));
                0
            }
            Hash::Table(table) => table.scan(cursor, |(field, value)| {
                see(Item::Bytes(field), Item::Bytes(value));
            }),
            Hash::TimedTable(timed) => timed.table().scan(cursor, |(field, value)| {
                if self.is_whole() || self.shows(timed.deadline(field)) {
                    see(Item::Bytes(field), Item::Bytes(value));
                }
            }),
        }
    }
}

impl<'a> IntoIterator for Live<'a> {
    type Item = (Item<'a>, Item<'a>);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

/// The fields that are seen, with their values.
pub struct Iter<'a> {
    of: Of<'a>,
    view: Live<'a>,
}

enum Of<'a> {
    Packed(packed::Iter<'a, false>),
    Table(elements::Iter<'a>),
    TimedBlock(&'a TimedBlock, Spot),
    TimedTable(&'a TimedTable, elements::Iter<'a>),
}

impl<'a> Iterator for Iter<'a> {
    type Item = (Item<'a>, Item<'a>);

    fn next(&mut self) -> Option<(Item<'a>, Item<'a>)> {
        let view = self.view;
        match &mut self.of {
            Of::Packed(packed) => packed.next().zip(packed.next()),
            Of::Table(table) => table.next().map(items),
            Of::TimedBlock(block, at) => {
                while *at < block.end() {
                    let (field, value, deadline, next) = block.entry(*at);
                    *at = next;
                    if view.shows(deadline) {
                        return Some((field, value));
                    }
                }
                None
            }
            Of::TimedTable(timed, table) => {
                let seen = |field: &[u8]| view.is_whole() || view.shows(timed.deadline(field));
                table.find(|(field, _)| seen(field)).map(items)
            }
        }
    }
}
