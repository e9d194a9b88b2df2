//! One entry of a stream, where it stands in its block.

use structures::packed::Item;

use super::Id;
use super::block::{Block, id_at};
use super::codec::{number_at, string_at};

/// An entry.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// Its id.
    pub id: Id,
    bytes: &'a [u8],
    /// Where the block's fields stand, if the entry has those.
    shared_at: Option<usize>,
    /// Where the values, or fields with values, stand.
    at: usize,
    len: usize,
}

impl<'a> Entry<'a> {
    pub(super) fn new(block: &'a Block, at: usize) -> Entry<'a> {
        let (bytes, mut at) = (block.bytes(), at);
        number_at(bytes, &mut at);
        let id = id_at(bytes, &mut at, block.base());
        match number_at(bytes, &mut at) {
            0 => {
                let (fields_at, len) = block.fields();
                Entry { id, bytes, shared_at: Some(fields_at), at, len }
            }
            more => Entry { id, bytes, shared_at: None, at, len: more as usize - 1 },
        }
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether its fields are those of its block.
    pub fn shares_fields(&self) -> bool {
        self.shared_at.is_some()
    }

    /// The fields with their values.
    pub fn pairs(&self) -> impl Iterator<Item = (Item<'a>, Item<'a>)> + use<'a> {
        let (bytes, mut shared_at, mut at) = (self.bytes, self.shared_at, self.at);
        (0..self.len).map(move |_| {
            let field = match &mut shared_at {
                Some(shared_at) => string_at(bytes, shared_at),
                None => string_at(bytes, &mut at),
            };
            (field, string_at(bytes, &mut at))
        })
    }
}

impl std::fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ", self.id)?;
        f.debug_map().entries(self.pairs()).finish()
    }
}
