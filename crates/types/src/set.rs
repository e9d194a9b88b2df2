//! Sets, in their first, simple form.

use std::collections::HashSet;

use crate::value::{Kind, Object, Value};

/// A set.
#[derive(Clone, Debug, Default)]
pub struct Set(pub HashSet<Box<[u8]>>);

impl Object for Set {
    fn type_name(&self) -> &'static str {
        "set"
    }

    fn encoding(&self) -> &'static str {
        if self.0.len() <= 128 { "listpack" } else { "hashtable" }
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn allocated(&self) -> usize {
        self.0.iter().map(|item| item.len() + 40).sum::<usize>() + 48
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
