//! Hashes: fields with their values, few short ones in one block, many in a table.
//!
//! # Layout
//!
//! ```text
//! block: | field | value | field | value | ...       in the order in which the fields came
//! ```
//!
//! # Invariants
//!
//! 1. A block has at most as many fields, and each field and value at most as many bytes, as the
//!    sizes said when the last of them came. A hash that has become a table stays one.

use structures::packed::{self, Item, Spot};
use structures::{Elements, Packed, PayloadKind, elements};

use crate::sizes::{Sizes, hasher, index_of};
use crate::value::{Kind, Object, Value};

/// A hash.
#[derive(Clone, Debug)]
pub enum Hash {
    /// `listpack`
    Packed(Packed),
    /// `hashtable`
    Table(Box<Elements>),
}

impl Default for Hash {
    fn default() -> Hash {
        Hash::Packed(Packed::new())
    }
}

/// The fields of a hash with their values.
pub enum Iter<'a> {
    /// Of a block.
    Packed(packed::Iter<'a>),
    /// Of a table.
    Table(elements::Iter<'a>),
}

impl Hash {
    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: &[u8]) -> Option<Item<'_>> {
        match self {
            Hash::Packed(packed) => find(packed, field).map(|at| packed.item(packed.after(at))),
            Hash::Table(table) => table.get(field).map(Item::Bytes),
        }
    }

    /// The table of a large hash.
    #[inline]
    pub(crate) fn table(&self) -> Option<&Elements> {
        if let Hash::Table(table) = self { Some(table) } else { None }
    }

    /// Whether a field is there.
    #[must_use]
    pub fn contains(&self, field: &[u8]) -> bool {
        match self {
            Hash::Packed(packed) => find(packed, field).is_some(),
            Hash::Table(table) => table.contains(field),
        }
    }

    /// Gives a field a value; whether the field is new.
    pub fn insert(&mut self, field: &[u8], value: &[u8], sizes: &Sizes) -> bool {
        self.expect(0, [field, value].into_iter(), sizes);
        match self {
            Hash::Packed(packed) => {
                if let Some(at) = find(packed, field) {
                    packed.replace(packed.after(at), value);
                    return false;
                }
                packed.push_back(field);
                packed.push_back(value);
                if packed.len() / 2 > sizes.hash_fields {
                    self.become_table();
                }
                true
            }
            Hash::Table(table) => table.insert(field, value),
        }
    }

    /// Becomes a table now, if one of the strings or the number of fields is too large for a block.
    pub fn expect<'a>(
        &mut self,
        fields: usize,
        mut strings: impl Iterator<Item = &'a [u8]>,
        sizes: &Sizes,
    ) {
        let is_long = |string: &[u8]| string.len() > sizes.hash_value_bytes;
        let is_packed = matches!(self, Hash::Packed(_));
        if is_packed && (fields > sizes.hash_fields || strings.any(is_long)) {
            self.become_table();
        }
    }

    #[cold]
    fn become_table(&mut self) {
        let mut table = Elements::new(hasher(), PayloadKind::Varied);
        let (mut field_digits, mut value_digits) = (itoa::Buffer::new(), itoa::Buffer::new());
        for (field, value) in &*self {
            table.insert(field.bytes(&mut field_digits), value.bytes(&mut value_digits));
        }
        *self = Hash::Table(Box::new(table));
    }

    /// Removes a field; whether it was there.
    pub fn remove(&mut self, field: &[u8]) -> bool {
        match self {
            Hash::Packed(packed) => {
                let found = find(packed, field);
                found.map(|at| packed.remove(at, 2)).is_some()
            }
            Hash::Table(table) => table.remove(field),
        }
    }

    /// A field by chance with its value, each as likely as any other, from a random number.
    #[must_use]
    pub fn random(&self, random: u64) -> Option<(Item<'_>, Item<'_>)> {
        match self {
            Hash::Packed(packed) if packed.is_empty() => None,
            Hash::Packed(packed) => {
                let at = packed.nth(2 * index_of(random, packed.len() / 2));
                Some((packed.item(at), packed.item(packed.after(at))))
            }
            Hash::Table(table) => table.random(random).map(items),
        }
    }

    /// Calls `see` for some fields, all of them where they are few, and gives the cursor for the
    /// next call, 0 at the end. It begins with 0.
    pub fn scan<'a>(&'a self, cursor: u64, mut see: impl FnMut(Item<'a>, Item<'a>)) -> u64 {
        match self {
            Hash::Packed(_) => {
                self.iter().for_each(|(field, value)| see(field, value));
                0
            }
            Hash::Table(table) => table.scan(cursor, |(field, value)| {
                see(Item::Bytes(field), Item::Bytes(value));
            }),
        }
    }

    /// The fields with their values; those of a block in the order in which they came.
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        match self {
            Hash::Packed(packed) => Iter::Packed(packed.iter()),
            Hash::Table(table) => Iter::Table(table.iter()),
        }
    }
}

fn find(packed: &Packed, field: &[u8]) -> Option<Spot> {
    packed.find(packed.front(), 2, field)
}

fn items<'a>((field, value): (&'a [u8], &'a [u8])) -> (Item<'a>, Item<'a>) {
    (Item::Bytes(field), Item::Bytes(value))
}

impl<'a> Iterator for Iter<'a> {
    type Item = (Item<'a>, Item<'a>);

    fn next(&mut self) -> Option<(Item<'a>, Item<'a>)> {
        match self {
            Iter::Packed(packed) => packed.next().zip(packed.next()),
            Iter::Table(table) => table.next().map(items),
        }
    }
}

impl<'a> IntoIterator for &'a Hash {
    type Item = (Item<'a>, Item<'a>);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl Object for Hash {
    fn type_name(&self) -> &'static str {
        "hash"
    }

    fn encoding(&self) -> &'static str {
        match self {
            Hash::Packed(_) => "listpack",
            Hash::Table(_) => "hashtable",
        }
    }

    fn len(&self) -> usize {
        match self {
            Hash::Packed(packed) => packed.len() / 2,
            Hash::Table(table) => table.len(),
        }
    }

    fn allocated(&self) -> usize {
        size_of::<Value>()
            + match self {
                Hash::Packed(packed) => packed.allocated(),
                Hash::Table(table) => size_of::<Elements>() + table.allocated(),
            }
    }

    fn dismantle(&mut self, blocks: usize) -> bool {
        match self {
            Hash::Table(table) => table.dismantle(blocks),
            Hash::Packed(_) => true,
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
