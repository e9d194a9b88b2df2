//! What unions, intersections and differences read: sorted sets, and sets whose members all have
//! the score 1.

use structures::entry::Payload;
use types::{Object, Set, SortedSet, Value};

use crate::error::CommandError;
use crate::keyspace::handle::Keyspace;

/// The value of one of the keys that are read; a clone, as that is cheap and the keys are several.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// A key that is not there.
    None,
    /// A sorted set.
    Sorted(SortedSet),
    /// A set.
    Plain(Set),
}

impl Source {
    /// What a key holds.
    pub fn read(keys: &mut Keyspace<'_>, key: &[u8]) -> Result<Source, CommandError> {
        let Some(entry) = keys.get(key) else { return Ok(Source::None) };
        match entry.payload() {
            Payload::Object(Value::SortedSet(set)) => Ok(Source::Sorted(set.clone())),
            Payload::Object(Value::Set(set)) => Ok(Source::Plain(set.clone())),
            Payload::Object(_) | Payload::Bytes(_) | Payload::Int(_) | Payload::Blob(_) => {
                Err(CommandError::WrongType)
            }
        }
    }

    /// Number of members.
    pub fn len(&self) -> usize {
        match self {
            Source::None => 0,
            Source::Sorted(set) => set.len(),
            Source::Plain(set) => set.len(),
        }
    }

    /// The score of a member.
    pub fn score(&self, member: &[u8]) -> Option<f64> {
        match self {
            Source::None => None,
            Source::Sorted(set) => set.score(member),
            Source::Plain(set) => set.contains(member).then_some(1.0),
        }
    }

    /// Calls `see` for every member, in no order.
    pub fn for_each(&self, mut see: impl FnMut(&[u8], f64)) {
        match self {
            Source::None => {}
            Source::Sorted(set) => set.for_each_member(see),
            Source::Plain(set) => {
                let mut digits = itoa::Buffer::new();
                set.iter().for_each(|member| see(member.bytes(&mut digits), 1.0));
            }
        }
    }
}
