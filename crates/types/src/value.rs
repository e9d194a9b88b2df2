//! Every value that is no string: strings live in the entries themselves.
//!
//! Each type stands in a file of its own and says for itself what `Object` asks; here is only the
//! list of them.

use structures::Elements;

use crate::{Hash, List, Set, SortedSet, Stream};

/// A value that is no string.
#[derive(Clone, Debug)]
pub enum Value {
    /// `hash`
    Hash(Hash),
    /// `list`
    List(List),
    /// `set`
    Set(Set),
    /// `zset`
    SortedSet(SortedSet),
    /// `stream`
    Stream(Stream),
}

/// What any value that is no string can say of itself.
pub trait Object {
    /// As `TYPE` replies.
    fn type_name(&self) -> &'static str;
    /// As `OBJECT ENCODING` replies.
    fn encoding(&self) -> &'static str;
    /// Number of elements.
    fn len(&self) -> usize;
    /// Bytes that the value occupies, about.
    fn allocated(&self) -> usize;
    /// Frees about so many blocks of a value that nobody uses any more; whether nothing is left.
    /// What has no blocks is freed when it is dropped.
    fn dismantle(&mut self, _blocks: usize) -> bool {
        true
    }
    /// When the next of its parts is due that have deadlines of their own, in milliseconds since
    /// 1970.
    fn next_due_ms(&self) -> Option<u64> {
        None
    }
    /// Whether a key with such a value does not exist.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A type of value that a key can hold.
pub trait Kind: Object + Sized + Default {
    /// The value, if it has this type.
    fn of(value: &Value) -> Option<&Self>;
    /// The value for changing, if it has this type.
    fn of_mut(value: &mut Value) -> Option<&mut Self>;
    /// As any value.
    fn into_value(self) -> Value;
}

impl Value {
    fn object(&self) -> &dyn Object {
        match self {
            Value::Hash(hash) => hash,
            Value::List(list) => list,
            Value::Set(set) => set,
            Value::SortedSet(set) => set,
            Value::Stream(stream) => stream,
        }
    }

    fn object_mut(&mut self) -> &mut dyn Object {
        match self {
            Value::Hash(hash) => hash,
            Value::List(list) => list,
            Value::Set(set) => set,
            Value::SortedSet(set) => set,
            Value::Stream(stream) => stream,
        }
    }
}

impl Value {
    /// Asks for the memory that a look-up of an element begins with.
    #[inline]
    pub fn prefetch_place(&self, element: &[u8]) {
        if let Some(members) = self.members() {
            members.prefetch(members.position_of(element));
        }
    }

    /// Asks for an element; what `prefetch_place` asks for should be near by now.
    #[inline]
    pub fn prefetch_element(&self, element: &[u8]) {
        if let Some(members) = self.members() {
            members.prefetch_element(members.position_of(element));
        }
    }

    /// The table in which elements are looked up, if there is one.
    #[inline]
    fn members(&self) -> Option<&Elements> {
        match self {
            Value::Hash(hash) => hash.table(),
            Value::Set(set) => set.table(),
            Value::SortedSet(set) => set.table(),
            Value::List(_) | Value::Stream(_) => None,
        }
    }
}

impl Object for Value {
    fn type_name(&self) -> &'static str {
        self.object().type_name()
    }

    fn encoding(&self) -> &'static str {
        self.object().encoding()
    }

    fn len(&self) -> usize {
        self.object().len()
    }

    fn allocated(&self) -> usize {
        self.object().allocated()
    }

    fn dismantle(&mut self, blocks: usize) -> bool {
        self.object_mut().dismantle(blocks)
    }

    fn is_empty(&self) -> bool {
        self.object().is_empty()
    }

    fn next_due_ms(&self) -> Option<u64> {
        self.object().next_due_ms()
    }
}

impl structures::Perishable for Value {
    #[inline]
    fn next_due_ms(&self) -> Option<u64> {
        if let Value::Hash(hash) = self { hash.next_due_ms() } else { None }
    }
}
