//! Sets: integers alone in an array, few short members in one block, many in a table.
//!
//! # Invariants
//!
//! 1. Sizes are looked at when a member comes: a set that has grown out of an encoding never goes
//!    back to it, and one that has shrunk keeps its own.

use structures::packed::{self, Item};
use structures::{Elements, Packed, PayloadKind, elements};

use super::Integers;
use crate::sizes::{Sizes, hasher, index_of, integer};
use crate::value::{Kind, Object, Value};

/// A set.
#[derive(Clone, Debug)]
pub enum Set {
    /// `intset`
    Integers(Integers),
    /// `listpack`
    Packed(Packed),
    /// `hashtable`
    Table(Box<Elements>),
}

impl Default for Set {
    fn default() -> Set {
        Set::Integers(Integers::default())
    }
}

/// The members of a set.
pub enum Iter<'a> {
    /// Of an array, from an index on.
    Integers(&'a Integers, usize),
    /// Of a block.
    Packed(packed::Iter<'a>),
    /// Of a table.
    Table(elements::Iter<'a>),
}

/// Where a member stands in a set, or would. It is good until the set changes.
#[derive(Clone, Copy)]
pub struct Standing {
    is_member: bool,
    /// In a table.
    spot: Option<elements::Spot>,
}

impl Standing {
    /// Whether the member is there.
    #[inline]
    pub fn is_member(self) -> bool {
        self.is_member
    }
}

impl Set {
    /// An empty set that is to get about `count` members, of which this is one.
    #[must_use]
    pub fn for_members(member: &[u8], count: usize, sizes: &Sizes) -> Set {
        if count <= sizes.set_integers && integer(member).is_some() {
            return Set::default();
        }
        if count <= sizes.set_members { Set::block() } else { empty_table() }
    }

    /// An empty set as one block.
    #[must_use]
    pub fn block() -> Set {
        Set::Packed(Packed::new())
    }

    /// Adds a member; whether it is new.
    pub fn insert(&mut self, member: &[u8], sizes: &Sizes) -> bool {
        match self {
            Set::Integers(integers) => {
                let Some(value) = integer(member) else {
                    self.leave_integers(member, sizes);
                    return self.insert(member, sizes);
                };
                let new = integers.insert(value);
                if new && integers.len() > sizes.set_integers.min(1 << 30) {
                    self.become_table();
                }
                new
            }
            Set::Packed(packed) => {
                if packed.find(packed.front(), 1, member).is_some() {
                    return false;
                }
                if packed.len() < sizes.set_members && member.len() <= sizes.set_member_bytes {
                    packed.push_back(member);
                    return true;
                }
                self.become_table();
                self.insert(member, sizes)
            }
            Set::Table(table) => table.insert(member, b""),
        }
    }

    /// Where a member stands, or would.
    #[inline]
    pub fn find(&self, member: &[u8]) -> Standing {
        match self.table() {
            Some(table) => {
                let spot = table.spot(member);
                Standing { is_member: spot.is_taken(), spot: Some(spot) }
            }
            None => Standing { is_member: self.contains(member), spot: None },
        }
    }

    /// Adds the member that was found last, before any change but `expect`; whether it is new.
    pub fn insert_at(&mut self, standing: Standing, member: &[u8], sizes: &Sizes) -> bool {
        match (self, standing.spot) {
            (Set::Table(table), Some(spot)) => table.insert_at(spot, (member, b"")),
            (set, _) => set.insert(member, sizes),
        }
    }

    /// Changes to an encoding that takes a member that is no integer.
    #[cold]
    fn leave_integers(&mut self, member: &[u8], sizes: &Sizes) {
        let Set::Integers(integers) = self else { return };
        let digits = integers.ends().map_or(0, |(low, high)| digits(low).max(digits(high)));
        let longest = digits.max(member.len());
        if integers.len() >= sizes.set_members || longest > sizes.set_member_bytes {
            return self.become_table();
        }
        let mut packed = Packed::new();
        let mut buffer = itoa::Buffer::new();
        integers.iter().for_each(|value| packed.push_back(buffer.format(value).as_bytes()));
        *self = Set::Packed(packed);
    }

    #[cold]
    fn become_table(&mut self) {
        let mut table = Elements::new(hasher(), PayloadKind::Fixed(0));
        let mut digits = itoa::Buffer::new();
        for member in &*self {
            table.insert(member.bytes(&mut digits), b"");
        }
        *self = Set::Table(Box::new(table));
    }

    /// Prepares for `count` members that are to come, though some may be there.
    pub fn expect(&mut self, count: usize, sizes: &Sizes) {
        let fits = match self {
            Set::Integers(_) => count <= sizes.set_integers,
            Set::Packed(_) => count <= sizes.set_members,
            Set::Table(_) => true,
        };
        if !fits {
            self.become_table();
        }
    }

    /// Becomes an intset, if all members are integers and not too many: for results of operations
    /// on several sets.
    pub fn settle(&mut self, sizes: &Sizes) {
        if matches!(self, Set::Integers(_)) || self.len() > sizes.set_integers {
            return;
        }
        let mut integers = Integers::default();
        for member in &*self {
            let value = match member {
                Item::Int(value) => Some(value),
                Item::Bytes(bytes) => integer(bytes),
            };
            let Some(value) = value else { return };
            integers.insert(value);
        }
        *self = Set::Integers(integers);
    }

    /// The table of a large set.
    #[inline]
    pub(crate) fn table(&self) -> Option<&Elements> {
        if let Set::Table(table) = self { Some(table) } else { None }
    }

    /// Removes a member; whether it was there.
    pub fn remove(&mut self, member: &[u8]) -> bool {
        match self {
            Set::Integers(integers) => integer(member).is_some_and(|value| integers.remove(value)),
            Set::Packed(packed) => {
                let found = packed.find(packed.front(), 1, member);
                found.map(|at| packed.remove(at, 1)).is_some()
            }
            Set::Table(table) => table.remove(member),
        }
    }

    /// Whether a value is a member.
    #[must_use]
    pub fn contains(&self, member: &[u8]) -> bool {
        match self {
            Set::Integers(set) => integer(member).is_some_and(|value| set.contains(value)),
            Set::Packed(packed) => packed.find(packed.front(), 1, member).is_some(),
            Set::Table(table) => table.contains(member),
        }
    }

    /// Whether an element of another set is a member.
    #[must_use]
    pub fn has(&self, member: Item<'_>) -> bool {
        match (self, member) {
            (Set::Integers(set), Item::Int(value)) => set.contains(value),
            (_, member) => self.contains(member.bytes(&mut itoa::Buffer::new())),
        }
    }

    /// A member by chance, each as likely as any other, from a random number.
    #[must_use]
    pub fn random(&self, random: u64) -> Option<Item<'_>> {
        match self {
            _ if self.is_empty() => None,
            Set::Integers(set) => Some(Item::Int(set.at(index_of(random, set.len())))),
            Set::Packed(set) => Some(set.item(set.nth(index_of(random, set.len())))),
            Set::Table(table) => table.random(random).map(|(member, _)| Item::Bytes(member)),
        }
    }

    /// Calls `see` for some members, all of them where they are few, and gives the cursor for the
    /// next call, 0 at the end. It begins with 0.
    pub fn scan<'a>(&'a self, cursor: u64, mut see: impl FnMut(Item<'a>)) -> u64 {
        match self {
            Set::Table(table) => table.scan(cursor, |(member, _)| see(Item::Bytes(member))),
            Set::Integers(_) | Set::Packed(_) => {
                self.iter().for_each(see);
                0
            }
        }
    }

    /// The members; those of an intset in order.
    #[must_use]
    pub fn iter(&self) -> Iter<'_> {
        match self {
            Set::Integers(integers) => Iter::Integers(integers, 0),
            Set::Packed(packed) => Iter::Packed(packed.iter()),
            Set::Table(table) => Iter::Table(table.iter()),
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        match self {
            Iter::Integers(integers, index) => {
                let value = (*index < integers.len()).then(|| integers.at(*index))?;
                *index += 1;
                Some(Item::Int(value))
            }
            Iter::Packed(packed) => packed.next(),
            Iter::Table(table) => table.next().map(|(member, _)| Item::Bytes(member)),
        }
    }
}

impl<'a> IntoIterator for &'a Set {
    type Item = Item<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl Object for Set {
    fn type_name(&self) -> &'static str {
        "set"
    }

    fn encoding(&self) -> &'static str {
        match self {
            Set::Integers(_) => "intset",
            Set::Packed(_) => "listpack",
            Set::Table(_) => "hashtable",
        }
    }

    fn len(&self) -> usize {
        match self {
            Set::Integers(integers) => integers.len(),
            Set::Packed(packed) => packed.len(),
            Set::Table(table) => table.len(),
        }
    }

    fn allocated(&self) -> usize {
        size_of::<Value>()
            + match self {
                Set::Integers(integers) => integers.allocated(),
                Set::Packed(packed) => packed.allocated(),
                Set::Table(table) => size_of::<Elements>() + table.allocated(),
            }
    }

    fn dismantle(&mut self, blocks: usize) -> bool {
        match self {
            Set::Table(table) => table.dismantle(blocks),
            Set::Integers(_) | Set::Packed(_) => true,
        }
    }
}

impl Kind for Set {
    fn of(value: &Value) -> Option<&Set> {
        if let Value::Set(set) = value { Some(set) } else { None }
    }

    fn of_mut(value: &mut Value) -> Option<&mut Set> {
        if let Value::Set(set) = value { Some(set) } else { None }
    }

    fn into_value(self) -> Value {
        Value::Set(self)
    }
}

fn empty_table() -> Set {
    Set::Table(Box::new(Elements::new(hasher(), PayloadKind::Fixed(0))))
}

fn digits(value: i64) -> usize {
    itoa::Buffer::new().format(value).len()
}
