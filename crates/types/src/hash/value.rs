//! Hashes: fields with their values, few short ones in one block, many in a table.
//!
//! Fields may have deadlines. A hash without any pays nothing for that; one that gets the first
//! takes another form (`timed_block`, `timed_table`), and its old one when the last is gone.
//!
//! # Layout
//!
//! ```text
//! block: | field | value | field | value | ...       in the order in which the fields came
//! ```
//!
//! Nobody reads a block backwards, so that its elements go without their sizes.
//!
//! # Invariants
//!
//! 1. A block has at most as many fields, and each field and value at most as many bytes, as the
//!    sizes said when the last of them came. A hash that has become a table stays one.
//! 2. In a timed form at least one field has a deadline.

use structures::packed::{Item, Spot};
use structures::{Elements, Packed, PayloadKind};

use super::live::Live;
use super::timed_block::TimedBlock;
use super::timed_table::TimedTable;
use crate::sizes::{Sizes, hasher};
use crate::value::{Kind, Object, Value};

/// A hash.
#[derive(Clone, Debug)]
#[expect(private_interfaces, reason = "only this module looks into the timed forms")]
pub enum Hash {
    /// `listpack`
    Packed(Packed<false>),
    /// `hashtable`
    Table(Box<Elements>),
    /// A block with deadlines.
    TimedBlock(TimedBlock),
    /// A table with deadlines.
    TimedTable(Box<TimedTable>),
}

/// The deadline of a field that gets a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lifetime {
    /// None.
    Endless,
    /// The one that it has.
    Kept,
    /// This one, in milliseconds since 1970.
    Until(u64),
}

/// What was there before a field got a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Was {
    /// Nothing.
    Absent,
    /// A field past its deadline, which nobody saw any more.
    Expired,
    /// The field.
    There,
}

impl Was {
    pub(super) fn of(deadline: Option<u64>, dead_up_to_ms: u64) -> Was {
        if deadline.is_some_and(|ms| ms <= dead_up_to_ms) { Was::Expired } else { Was::There }
    }
}

impl Default for Hash {
    fn default() -> Hash {
        Hash::Packed(Packed::new())
    }
}

impl Hash {
    /// What a reader sees where fields with a deadline up to `dead_up_to_ms` are past it.
    #[must_use]
    #[inline]
    pub fn live(&self, dead_up_to_ms: u64) -> Live<'_> {
        Live::new(self, dead_up_to_ms)
    }

    /// Calls `see` for every field with its value and deadline, past it or not: for who keeps the
    /// hash elsewhere.
    pub fn for_each(&self, mut see: impl FnMut(Item<'_>, Item<'_>, Option<u64>)) {
        let mut cursor = 0;
        loop {
            cursor = self.scan_all(cursor, &mut see);
            if cursor == 0 {
                return;
            }
        }
    }

    /// The table of a large hash.
    #[inline]
    pub(crate) fn table(&self) -> Option<&Elements> {
        match self {
            Hash::Table(table) => Some(table),
            Hash::TimedTable(timed) => Some(timed.table()),
            Hash::Packed(_) | Hash::TimedBlock(_) => None,
        }
    }

    /// As `for_each` for some of them, from a cursor on that is 0 at first; gives the next one, 0
    /// at the end.
    pub fn scan_all(
        &self,
        cursor: u64,
        mut see: impl FnMut(Item<'_>, Item<'_>, Option<u64>),
    ) -> u64 {
        match self {
            Hash::Packed(_) | Hash::Table(_) => {
                self.live(0).scan(cursor, |field, value| see(field, value, None))
            }
            Hash::TimedBlock(block) => {
                block.for_each(see);
                0
            }
            Hash::TimedTable(timed) => timed.table().scan(cursor, |(field, value)| {
                see(Item::Bytes(field), Item::Bytes(value), timed.deadline(field));
            }),
        }
    }

    /// Whether some field has a deadline.
    #[must_use]
    pub fn is_timed(&self) -> bool {
        matches!(self, Hash::TimedBlock(_) | Hash::TimedTable(_))
    }

    /// Gives a field a value and no deadline; whether the field is new.
    pub fn insert(&mut self, field: &[u8], value: &[u8], sizes: &Sizes) -> bool {
        self.set((field, value), Lifetime::Endless, 0, sizes) == Was::Absent
    }

    /// Gives a field a value; says what was there.
    pub fn set(
        &mut self,
        (field, value): (&[u8], &[u8]),
        lifetime: Lifetime,
        dead_up_to_ms: u64,
        sizes: &Sizes,
    ) -> Was {
        self.expect(0, [field, value].into_iter(), sizes);
        let was = self.set_value((field, value), dead_up_to_ms, sizes);
        match lifetime {
            Lifetime::Until(ms) => self.set_deadline(field, Some(ms)),
            Lifetime::Kept if was == Was::There => {}
            Lifetime::Endless | Lifetime::Kept => self.set_deadline(field, None),
        }
        was
    }

    fn set_value(
        &mut self,
        (field, value): (&[u8], &[u8]),
        dead_up_to_ms: u64,
        sizes: &Sizes,
    ) -> Was {
        let was = match self {
            Hash::Packed(packed) => {
                if let Some(at) = find(packed, field) {
                    packed.replace(packed.after(at), value);
                    return Was::There;
                }
                packed.push_back(field);
                packed.push_back(value);
                Was::Absent
            }
            Hash::Table(table) => {
                return if table.insert(field, value) { Was::Absent } else { Was::There };
            }
            Hash::TimedBlock(block) => block.set_value(field, value, dead_up_to_ms),
            Hash::TimedTable(timed) => return timed.set_value(field, value, dead_up_to_ms),
        };
        if self.len() > sizes.hash_fields {
            self.become_table();
        }
        was
    }

    /// Sets or clears the deadline of a field that is there, in milliseconds since 1970.
    pub fn set_deadline(&mut self, field: &[u8], deadline: Option<u64>) {
        if deadline.is_some() && !self.is_timed() {
            self.become_timed();
        }
        match self {
            Hash::Packed(_) | Hash::Table(_) => return,
            // Nothing is due at 0, by which a view says that it shows all.
            Hash::TimedBlock(block) => block.set_deadline(field, deadline.map(|ms| ms.max(1))),
            Hash::TimedTable(timed) => timed.set_deadline(field, deadline.map(|ms| ms.max(1))),
        }
        self.become_plain_again();
    }

    /// Becomes a table now, if one of the strings or the number of fields is too large for a block.
    pub fn expect<'a>(
        &mut self,
        fields: usize,
        mut strings: impl Iterator<Item = &'a [u8]>,
        sizes: &Sizes,
    ) {
        let is_long = |string: &[u8]| string.len() > sizes.hash_value_bytes;
        let is_block = matches!(self, Hash::Packed(_) | Hash::TimedBlock(_));
        if is_block && (fields > sizes.hash_fields || strings.any(is_long)) {
            self.become_table();
        }
    }

    #[cold]
    fn become_table(&mut self) {
        let mut table = Elements::new(hasher(), PayloadKind::Varied);
        let (mut field_digits, mut value_digits) = (itoa::Buffer::new(), itoa::Buffer::new());
        for (field, value) in self.live(0) {
            table.insert(field.bytes(&mut field_digits), value.bytes(&mut value_digits));
        }
        if !self.is_timed() {
            *self = Hash::Table(Box::new(table));
            return;
        }
        let mut timed = TimedTable::of(table);
        self.for_each(|field, _, deadline| {
            timed.set_deadline(field.bytes(&mut field_digits), deadline);
        });
        *self = Hash::TimedTable(Box::new(timed));
    }

    #[cold]
    fn become_timed(&mut self) {
        *self = match std::mem::take(self) {
            Hash::Packed(packed) => Hash::TimedBlock(TimedBlock::of(&packed)),
            Hash::Table(table) => Hash::TimedTable(Box::new(TimedTable::of(*table))),
            timed @ (Hash::TimedBlock(_) | Hash::TimedTable(_)) => timed,
        };
    }

    /// Takes the plain form where no deadline is left (invariant 2).
    fn become_plain_again(&mut self) {
        if !self.is_timed() || self.next_due_ms().is_some() {
            return;
        }
        *self = match std::mem::take(self) {
            Hash::TimedBlock(block) => Hash::Packed(block.to_plain()),
            Hash::TimedTable(timed) => Hash::Table(Box::new(timed.into_plain())),
            plain @ (Hash::Packed(_) | Hash::Table(_)) => plain,
        };
    }

    /// Removes a field; whether it was there, and not past its deadline: that one stays.
    pub fn remove(&mut self, field: &[u8], dead_up_to_ms: u64) -> bool {
        match self {
            Hash::Packed(packed) => {
                let found = find(packed, field);
                return found.map(|at| packed.remove(at, 2)).is_some();
            }
            Hash::Table(table) => return table.remove(field),
            Hash::TimedBlock(block) => {
                let Some(at) = block.find(field) else { return false };
                if block.entry(at).2.is_some_and(|ms| ms <= dead_up_to_ms) {
                    return false;
                }
                block.remove(at);
            }
            Hash::TimedTable(timed) => {
                let dead = timed.deadline(field).is_some_and(|ms| ms <= dead_up_to_ms);
                if dead || !timed.remove(field) {
                    return false;
                }
            }
        }
        self.become_plain_again();
        true
    }

    /// Takes out up to `limit` fields whose deadline is at or before a moment, and gives their
    /// names.
    pub fn take_due(&mut self, up_to_ms: u64, limit: usize) -> Vec<Vec<u8>> {
        let names = match self {
            Hash::Packed(_) | Hash::Table(_) => Vec::new(),
            Hash::TimedBlock(block) => block.take_due(up_to_ms, limit),
            Hash::TimedTable(timed) => timed.take_due(up_to_ms, limit),
        };
        self.become_plain_again();
        names
    }
}

pub(super) fn find(packed: &Packed<false>, field: &[u8]) -> Option<Spot> {
    packed.find(packed.front(), 2, field)
}

pub(super) fn items<'a>((field, value): (&'a [u8], &'a [u8])) -> (Item<'a>, Item<'a>) {
    (Item::Bytes(field), Item::Bytes(value))
}

impl Object for Hash {
    fn type_name(&self) -> &'static str {
        "hash"
    }

    fn encoding(&self) -> &'static str {
        match self {
            Hash::Packed(_) => "listpack",
            // compat: a hash with deadlines is called a hash table, however small it is.
            Hash::Table(_) | Hash::TimedBlock(_) | Hash::TimedTable(_) => "hashtable",
        }
    }

    fn len(&self) -> usize {
        match self {
            Hash::Packed(packed) => packed.len() / 2,
            Hash::Table(table) => table.len(),
            Hash::TimedBlock(block) => block.len(),
            Hash::TimedTable(timed) => timed.table().len(),
        }
    }

    fn allocated(&self) -> usize {
        size_of::<Value>()
            + match self {
                Hash::Packed(packed) => packed.allocated(),
                Hash::Table(table) => size_of::<Elements>() + table.allocated(),
                Hash::TimedBlock(block) => block.allocated(),
                Hash::TimedTable(timed) => timed.allocated(),
            }
    }

    fn dismantle(&mut self, blocks: usize) -> bool {
        match self {
            Hash::Table(table) => table.dismantle(blocks),
            Hash::TimedTable(timed) => timed.dismantle(blocks),
            Hash::Packed(_) | Hash::TimedBlock(_) => true,
        }
    }

    #[inline]
    fn next_due_ms(&self) -> Option<u64> {
        match self {
            Hash::Packed(_) | Hash::Table(_) => None,
            Hash::TimedBlock(block) => block.next_due_ms(),
            Hash::TimedTable(timed) => timed.next_due_ms(),
        }
    }
}

impl Kind for Hash {
    fn of(value: &Value) -> Option<&Hash> {
        if let Value::Hash(hash) = value { Some(hash) } else { None }
    }

    fn of_mut(value: &mut Value) -> Option<&mut Hash> {
        if let Value::Hash(hash) = value { Some(hash) } else { None }
    }

    fn into_value(self) -> Value {
        Value::Hash(self)
    }
}
