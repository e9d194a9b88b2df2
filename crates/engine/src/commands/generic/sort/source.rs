//! The elements that SORT sorts.

use resp::OwnedArgs;
use structures::Payload;
use types::{Kind, List, Object, Set, SortedSet, Value};

use crate::ctx::Ctx;
use crate::error::CommandError;

/// Copies of the elements of a key, packed.
#[derive(Default)]
pub(super) struct Source {
    elements: OwnedArgs,
    /// Whether they have an order of their own.
    pub(super) is_ordered: bool,
}

impl Source {
    /// The elements of a key; none where there is no key.
    ///
    /// # Errors
    ///
    /// `WrongType`.
    pub(super) fn read(ctx: &mut Ctx<'_>, key: &[u8]) -> Result<Source, CommandError> {
        let mut source = Source { elements: OwnedArgs::new(), is_ordered: true };
        let Some(entry) = ctx.keys.get(key) else { return Ok(source) };
        let Payload::Object(value) = entry.payload() else { return Err(CommandError::WrongType) };
        source.add(value)?;
        Ok(source)
    }

    fn add(&mut self, value: &Value) -> Result<(), CommandError> {
        if let Some(list) = List::of(value) {
            for item in list.iter() {
                self.elements.push(item.bytes(&mut itoa::Buffer::new()));
            }
            Ok(())
        } else if let Some(set) = Set::of(value) {
            self.is_ordered = false;
            for member in set.iter() {
                self.elements.push(member.bytes(&mut itoa::Buffer::new()));
            }
            Ok(())
        } else if let Some(sorted) = SortedSet::of(value) {
            sorted.each(0, sorted.len(), false, |member, _| self.elements.push(member));
            Ok(())
        } else {
            Err(CommandError::WrongType)
        }
    }

    /// Number of elements.
    pub(super) fn len(&self) -> usize {
        self.elements.len()
    }

    /// One of them.
    pub(super) fn element(&self, at: usize) -> &[u8] {
        self.elements.as_args().at(at)
    }
}
