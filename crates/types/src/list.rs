//! Lists, in their first, simple form.

use std::collections::VecDeque;

use crate::value::{Kind, Object, Value};

/// A list of byte strings.
pub type ListItems = VecDeque<Box<[u8]>>;

/// A list.
#[derive(Clone, Debug, Default)]
pub struct List(pub ListItems);

impl Object for List {
    fn type_name(&self) -> &'static str {
        "list"
    }

    fn encoding(&self) -> &'static str {
        if self.0.len() <= 128 { "listpack" } else { "quicklist" }
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn allocated(&self) -> usize {
        self.0.iter().map(|item| item.len() + 24).sum::<usize>() + 32
    }
}

impl Kind for List {
    fn of(value: &Value) -> Option<&List> {
        if let Value::List(list) = value { Some(list) } else { None }
    }

    fn of_mut(value: &mut Value) -> Option<&mut List> {
        if let Value::List(list) = value { Some(list) } else { None }
    }

    fn into_value(self) -> Value {
        Value::List(self)
    }
}
