//! Hashes whose fields have deadlines, in the forms of Valkey and of Redis.
//!
//! # Layout
//!
//! ```text
//! Valkey  22   length, then for each field: string, value, deadline i64 (-1 for none)
//! Redis   24   earliest deadline u64, length, then for each: distance, string, value
//!         25   earliest deadline u64, a listpack: field, value, deadline, field, ...
//!         22   length, then for each: deadline as a length (0 for none), string, value
//!         23   a listpack as in 25
//!
//! distance: 0 for no deadline, else 1 more than what lies between it and the earliest
//! ```

use types::hash::Lifetime;
use types::{Hash, Object, Sizes, number};

use super::bytes::{Bytes, RdbError};
use super::format::{Dialect, Format};
use super::listpack;
use super::save::{write_item, write_length};

const VALKEY: u8 = 22;
const REDIS: u8 = 24;
const REDIS_PACKED: u8 = 25;
const REDIS_EARLY: u8 = 22;
const REDIS_EARLY_PACKED: u8 = 23;

/// The forms that are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Valkey,
    Redis,
    RedisPacked,
    RedisEarly,
    RedisEarlyPacked,
}

impl Form {
    /// The form that a type means in a dialect.
    pub fn of(kind: u8, dialect: Dialect) -> Option<Form> {
        match (dialect, kind) {
            (Dialect::Valkey, VALKEY) => Some(Form::Valkey),
            (Dialect::Redis, REDIS) => Some(Form::Redis),
            (Dialect::Redis, REDIS_PACKED) => Some(Form::RedisPacked),
            (Dialect::Redis, REDIS_EARLY) => Some(Form::RedisEarly),
            (Dialect::Redis, REDIS_EARLY_PACKED) => Some(Form::RedisEarlyPacked),
            (Dialect::Common | Dialect::Redis | Dialect::Valkey, _) => None,
        }
    }
}

/// Reads a hash in one of these forms.
pub(super) fn read(form: Form, bytes: &mut Bytes<'_>, sizes: &Sizes) -> Result<Hash, RdbError> {
    let earliest_ms = match form {
        Form::Redis | Form::RedisPacked => u64::from_le_bytes(bytes.array()?),
        Form::Valkey | Form::RedisEarly | Form::RedisEarlyPacked => 0,
    };
    if matches!(form, Form::RedisPacked | Form::RedisEarlyPacked) {
        return read_packed(bytes, sizes);
    }
    let mut hash = Hash::default();
    for _ in 0..bytes.length()? {
        let distance = if form == Form::Valkey { 0 } else { bytes.length()? };
        let (field, value) = (bytes.string()?, bytes.string()?);
        let deadline = match form {
            Form::Valkey => match i64::from_le_bytes(bytes.array()?) {
                -1 => None,
                ms => Some(u64::try_from(ms).map_err(|_| bytes.error("a negative deadline"))?),
            },
            _ if distance == 0 => None,
            Form::Redis => {
                let ms = earliest_ms.checked_add(distance - 1);
                Some(ms.ok_or_else(|| bytes.error("a deadline beyond all time"))?)
            }
            Form::RedisEarly | Form::RedisPacked | Form::RedisEarlyPacked => Some(distance),
        };
        add((&mut hash, sizes), (&field, &value), deadline, bytes)?;
    }
    Ok(hash)
}

fn read_packed(bytes: &mut Bytes<'_>, sizes: &Sizes) -> Result<Hash, RdbError> {
    let packed = bytes.string()?;
    let (strings, mut hash) = (listpack::strings(&packed)?, Hash::default());
    for triple in strings.chunks(3) {
        let [field, value, deadline] = triple else {
            return Err(bytes.error("a field without value and deadline"));
        };
        let deadline = number::parse_i64(deadline).and_then(|ms| u64::try_from(ms).ok());
        let deadline = deadline.ok_or_else(|| bytes.error("a deadline that is no moment"))?;
        add((&mut hash, sizes), (field, value), (deadline > 0).then_some(deadline), bytes)?;
    }
    Ok(hash)
}

fn add(
    (hash, sizes): (&mut Hash, &Sizes),
    (field, value): (&[u8], &[u8]),
    deadline: Option<u64>,
    bytes: &Bytes<'_>,
) -> Result<(), RdbError> {
    if deadline.is_some_and(|ms| i64::try_from(ms).is_err()) {
        return Err(bytes.error("a deadline beyond all time"));
    }
    if hash.live(0).contains(field) {
        return Err(bytes.error("a field twice"));
    }
    hash.set((field, value), deadline.map_or(Lifetime::Endless, Lifetime::Until), 0, sizes);
    Ok(())
}

/// The type of a hash with deadlines.
pub(super) fn kind(format: Format) -> u8 {
    match format {
        Format::Valkey => VALKEY,
        Format::Redis => REDIS,
    }
}

/// Writes what stands in front of the number of fields.
pub(super) fn write_head(out: &mut Vec<u8>, hash: &Hash, format: Format) {
    match format {
        Format::Valkey => {}
        Format::Redis => out.extend_from_slice(&earliest(hash).to_le_bytes()),
    }
}

fn earliest(hash: &Hash) -> u64 {
    hash.next_due_ms().unwrap_or(0)
}

/// Writes some fields from a place on, and gives the place of the next, 0 at the end.
pub(super) fn write_some(out: &mut Vec<u8>, hash: &Hash, at: u64, format: Format) -> u64 {
    let earliest_ms = earliest(hash);
    hash.scan_all(at, |field, value, deadline| {
        if format == Format::Redis {
            write_length(out, deadline.map_or(0, |ms| ms - earliest_ms + 1));
        }
        write_item(out, field);
        write_item(out, value);
        if format == Format::Valkey {
            let ms = deadline.map_or(-1, u64::cast_signed);
            out.extend_from_slice(&ms.to_le_bytes());
        }
    })
}
