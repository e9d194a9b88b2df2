//! Up to which size collections keep their compact encodings, and the hash of the large ones.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock};

use structures::PositionHasher;

use crate::list::Fill;
use crate::sorted_set::Limits;

/// Up to which size collections keep their compact encodings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sizes {
    /// Members of the largest set of integers kept as an intset.
    pub set_integers: usize,
    /// Members of the largest set kept as a listpack.
    pub set_members: usize,
    /// Bytes of its longest member.
    pub set_member_bytes: usize,
    /// Fields of the largest hash kept as a listpack.
    pub hash_fields: usize,
    /// Bytes of its longest field or value.
    pub hash_value_bytes: usize,
    /// How large a list may be that is one block.
    pub list: Fill,
    /// How large a sorted set may be that is kept as a listpack.
    pub sorted_set: Limits,
}

impl Default for Sizes {
    fn default() -> Self {
        Sizes {
            set_integers: 512,
            set_members: 128,
            set_member_bytes: 64,
            hash_fields: 512,
            hash_value_bytes: 64,
            list: Fill(-2),
            sorted_set: Limits::default(),
        }
    }
}

/// What gives the elements of large collections their positions; its seed comes from the operating
/// system, once for the process. Orders that follow from it are never logged or compared.
static HASHER: LazyLock<Arc<PositionHasher>> =
    LazyLock::new(|| Arc::new(PositionHasher::new(RandomState::new().hash_one(0))));

/// The hash of the process.
pub(crate) fn hasher() -> Arc<PositionHasher> {
    HASHER.clone()
}

/// The digits of the integer that the bytes spell as the machine would.
pub(crate) fn integer(bytes: &[u8]) -> Option<i64> {
    if bytes.len() > 20 || !matches!(bytes.first(), Some(b'-' | b'0'..=b'9')) {
        return None;
    }
    crate::number::parse_i64(bytes)
}

/// An index below `len` from a random number.
pub(crate) fn index_of(random: u64, len: usize) -> usize {
    let product = u128::from(random) * len as u128;
    usize::try_from(product >> u64::BITS).expect("below `len`")
}
