//! The parts of what is pending.

use super::SharedBytes;
use super::long::Long;

pub(super) enum Block {
    /// Bytes that were copied.
    Owned(Vec<u8>),
    /// The bytes, and how many of them count.
    Shared(SharedBytes, usize),
    /// A long reply.
    Long(Box<Long>),
}

/// What is to be written of a block now.
pub(super) enum Ready<'a> {
    Bytes(&'a [u8]),
    Long(&'a Long),
}

impl Block {
    pub fn ready(&self) -> Ready<'_> {
        match self {
            Self::Owned(bytes) => Ready::Bytes(bytes),
            Self::Shared(shared, len) => Ready::Bytes(&(**shared).as_ref()[..*len]),
            Self::Long(long) => Ready::Long(long),
        }
    }

    /// How many positions it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Owned(bytes) => bytes.len(),
            Self::Shared(_, len) => *len,
            Self::Long(_) => 1,
        }
    }

    pub fn memory(&self) -> usize {
        match self {
            Self::Owned(bytes) => bytes.capacity(),
            Self::Shared(shared, _) => (**shared).as_ref().len(),
            Self::Long(long) => long.memory(),
        }
    }

    pub fn truncate(&mut self, new_len: usize) {
        match self {
            Self::Owned(bytes) => bytes.truncate(new_len),
            Self::Shared(_, len) => *len = new_len,
            Self::Long(_) => assert!(new_len == 1, "a long reply is taken back as a whole"),
        }
    }
}
