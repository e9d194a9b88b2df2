//! Every value that is no string: strings live in the entries themselves.
//!
//! Lists and sets are in their first, simple form; the encodings that share structure replace
//! what stands behind these names, not the names.

use std::collections::{HashSet, VecDeque};

/// A list of byte strings.
pub type ListItems = VecDeque<Box<[u8]>>;

/// A list.
#[derive(Clone, Debug, Default)]
pub struct List(pub ListItems);

/// A set.
#[derive(Clone, Debug, Default)]
pub struct Set(pub HashSet<Box<[u8]>>);

/// A value that is no string.
#[derive(Clone, Debug)]
pub enum Value {
    /// `list`
    List(List),
    /// `set`
    Set(Set),
}

/// A type of value that a key can hold.
pub trait Kind: Sized + Default {
    /// The value, if it has this type.
    fn of(value: &Value) -> Option<&Self>;
    /// The value for changing, if it has this type.
    fn of_mut(value: &mut Value) -> Option<&mut Self>;
    /// As any value.
    fn into_value(self) -> Value;
    /// A key with such a value does not exist.
    fn is_empty(&self) -> bool;
}

impl Value {
    /// As `TYPE` replies.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::List(_) => "list",
            Value::Set(_) => "set",
        }
    }

    /// As `OBJECT ENCODING` replies.
    pub fn encoding(&self) -> &'static str {
        match self {
            Value::List(list) if list.0.len() <= 128 => "listpack",
            Value::List(_) => "quicklist",
            Value::Set(set) if set.0.len() <= 128 => "listpack",
            Value::Set(_) => "hashtable",
        }
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        match self {
            Value::List(list) => list.0.len(),
            Value::Set(set) => set.0.len(),
        }
    }

    /// Whether the value has no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that the value occupies, about.
    pub fn allocated(&self) -> usize {
        match self {
            Value::List(list) => list.0.iter().map(|item| item.len() + 24).sum::<usize>() + 32,
            Value::Set(set) => set.0.iter().map(|item| item.len() + 40).sum::<usize>() + 48,
        }
    }
}

impl Kind for List {
    fn of(value: &Value) -> Option<&List> {
        match value {
            Value::List(list) => Some(list),
            Value::Set(_) => None,
        }
    }

    fn of_mut(value: &mut Value) -> Option<&mut List> {
        match value {
            Value::List(list) => Some(list),
            Value::Set(_) => None,
        }
    }

    fn into_value(self) -> Value {
        Value::List(self)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Kind for Set {
    fn of(value: &Value) -> Option<&Set> {
        match value {
            Value::Set(set) => Some(set),
            Value::List(_) => None,
        }
    }

    fn of_mut(value: &mut Value) -> Option<&mut Set> {
        match value {
            Value::Set(set) => Some(set),
            Value::List(_) => None,
        }
    }

    fn into_value(self) -> Value {
        Value::Set(self)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
