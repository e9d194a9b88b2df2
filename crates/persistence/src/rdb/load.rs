//! Reading values, in every form that servers of the field have written them.
//!
//! A value that is there has elements: an empty collection is an error, and so is a set that has
//! a member twice.

use std::borrow::Cow;

use types::{Fill, Hash, List, Object, Set, Side, Sizes, Value};

use super::bytes::{Bytes, RdbError};
use super::format::Dialect;
use super::{intset, listpack, sorted_set, stream, timed_hash, ziplist};

const STRING: u8 = 0;
const LIST: u8 = 1;
const SET: u8 = 2;
const HASH: u8 = 4;
const LIST_ZIPLIST: u8 = 10;
const SET_INTSET: u8 = 11;
const HASH_ZIPLIST: u8 = 13;
const QUICKLIST: u8 = 14;
const HASH_LISTPACK: u8 = 16;
const QUICKLIST_2: u8 = 18;
const SET_LISTPACK: u8 = 20;

/// The two kinds of nodes of a quicklist.
const NODE_PLAIN: u64 = 1;
const NODE_PACKED: u64 = 2;

/// A value that was read.
#[derive(Clone, Debug)]
pub enum Loaded {
    /// A string.
    Bytes(Vec<u8>),
    /// Any other value.
    Object(Value),
}

/// Reads the value that these bytes are, and nothing else; the dialect says what its type means,
/// and the sizes choose its encoding.
///
/// # Errors
///
/// Bytes that are no value of this type, and types that are not known.
pub fn load_value(
    (kind, dialect): (u8, Dialect),
    bytes: &[u8],
    sizes: &Sizes,
) -> Result<Loaded, RdbError> {
    let mut bytes = Bytes::new(bytes);
    let loaded = match kind {
        STRING => Loaded::Bytes(bytes.string()?.into_owned()),
        LIST | LIST_ZIPLIST | QUICKLIST | QUICKLIST_2 => {
            Loaded::Object(Value::List(list(kind, &mut bytes, sizes.list)?))
        }
        SET | SET_INTSET | SET_LISTPACK => {
            Loaded::Object(Value::Set(set(kind, &mut bytes, sizes)?))
        }
        HASH | HASH_ZIPLIST | HASH_LISTPACK => {
            Loaded::Object(Value::Hash(hash(kind, &mut bytes, sizes)?))
        }
        sorted_set::DOUBLES
        | sorted_set::TEXTS
        | sorted_set::IN_ZIPLIST
        | sorted_set::IN_LISTPACK => {
            Loaded::Object(Value::SortedSet(sorted_set::read(kind, &mut bytes, sizes.sorted_set)?))
        }
        stream::FIRST | stream::SECOND | stream::THIRD => {
            Loaded::Object(Value::Stream(stream::read(kind, &mut bytes)?))
        }
        _ => match timed_hash::Form::of(kind, dialect) {
            Some(form) => Loaded::Object(Value::Hash(timed_hash::read(form, &mut bytes, sizes)?)),
            None => return Err(bytes.error("no such type of value")),
        },
    };
    if let Loaded::Object(value) = &loaded
        && value.is_empty()
    {
        return Err(bytes.error("a collection without elements"));
    }
    if bytes.is_empty() { Ok(loaded) } else { Err(bytes.error("bytes behind the value")) }
}

fn list(kind: u8, bytes: &mut Bytes<'_>, fill: Fill) -> Result<List, RdbError> {
    let mut list = List::default();
    let mut add = |item: Cow<'_, [u8]>| list.push(Side::Right, &item, fill);
    if kind == LIST_ZIPLIST {
        ziplist::strings(&bytes.string()?)?.into_iter().for_each(add);
        return Ok(list);
    }
    for _ in 0..bytes.length()? {
        match kind {
            LIST => add(bytes.string()?),
            QUICKLIST => ziplist::strings(&bytes.string()?)?.into_iter().for_each(&mut add),
            _ => match bytes.length()? {
                NODE_PLAIN => add(bytes.string()?),
                NODE_PACKED => {
                    listpack::strings(&bytes.string()?)?.into_iter().for_each(&mut add);
                }
                _ => return Err(bytes.error("no such node of a list")),
            },
        }
    }
    Ok(list)
}

fn set(kind: u8, bytes: &mut Bytes<'_>, sizes: &Sizes) -> Result<Set, RdbError> {
    // compat: the form in which it comes decides where one has begun.
    let mut set = match kind {
        SET_LISTPACK => Set::block(),
        _ => Set::default(),
    };
    let len = match kind {
        SET_INTSET | SET_LISTPACK => 0,
        _ => bytes.length()?,
    };
    set.expect(usize::try_from(len).unwrap_or(usize::MAX), sizes);
    let mut all_new = true;
    let mut add = |member: Cow<'_, [u8]>| all_new &= set.insert(&member, sizes);
    match kind {
        SET_INTSET => {
            let integers = intset::integers(&bytes.string()?)?;
            integers.iter().for_each(|member| add(member.to_string().into_bytes().into()));
        }
        SET_LISTPACK => listpack::strings(&bytes.string()?)?.into_iter().for_each(add),
        _ => {
            for _ in 0..len {
                add(bytes.string()?);
            }
        }
    }
    if all_new { Ok(set) } else { Err(bytes.error("a member twice")) }
}

fn hash(kind: u8, bytes: &mut Bytes<'_>, sizes: &Sizes) -> Result<Hash, RdbError> {
    let mut hash = Hash::default();
    if kind == HASH {
        for _ in 0..bytes.length()? {
            let (field, value) = (bytes.string()?, bytes.string()?);
            if !hash.insert(&field, &value, sizes) {
                return Err(bytes.error("a field twice"));
            }
        }
        return Ok(hash);
    }
    let packed = bytes.string()?;
    let strings = match kind {
        HASH_LISTPACK => listpack::strings(&packed)?,
        _ => ziplist::strings(&packed)?,
    };
    for pair in strings.chunks(2) {
        let [field, value] = pair else { return Err(bytes.error("a field without a value")) };
        if !hash.insert(field, value, sizes) {
            return Err(bytes.error("a field twice"));
        }
    }
    Ok(hash)
}
