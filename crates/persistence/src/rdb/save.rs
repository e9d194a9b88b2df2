//! Writing RDB: version 11, the newest that Redis 7.2 and Valkey both read, while nothing needs
//! more; see `format` for what does.
//!
//! The parts of a file are made independently, so that several workers can make them at once:
//! who writes the file puts `begin` in front, `end` behind, and the parts between in any order,
//! each with its own `select`.
//!
//! # Layout
//!
//! ```text
//! magic | FA key value ... | FE db | [FC ms u64] type key value ... | FF | crc64
//! magic:   "REDIS0011", "REDIS0012" or "VALKEY080"
//! length:  00xxxxxx | 01xxxxxx xxxxxxxx | 80 u32 big-endian | 81 u64 big-endian
//! string:  length bytes | C0 i8 | C1 i16 | C2 i32   (integers little-endian)
//! ```

use crc_fast::{CrcAlgorithm, Digest};
use types::{Item, Object, Value};

use super::format::{Format, VERSION, magic};
use super::{stream, stream_save, timed_hash};

const OPCODE_AUX: u8 = 0xFA;
const OPCODE_EXPIRE_MS: u8 = 0xFC;
const OPCODE_SELECT: u8 = 0xFE;
const OPCODE_END: u8 = 0xFF;
/// Elements, or bytes of a string, that are written in one step.
const STEP: usize = 256;
const STEP_BYTES: usize = 64 << 10;
const TYPE_STRING: u8 = 0;
const TYPE_LIST: u8 = 1;
const TYPE_SET: u8 = 2;
const TYPE_HASH: u8 = 4;
const TYPE_SORTED_SET: u8 = 5;

/// The value of an entry that is saved.
#[derive(Clone, Copy, Debug)]
pub enum Saved<'a> {
    /// A string.
    Bytes(&'a [u8]),
    /// The decimal form of an integer.
    Int(i64),
    /// Any other value.
    Object(&'a Value),
}

/// The checksum at the end of a file, over everything before it.
pub struct Checksum(Digest);

impl Default for Checksum {
    fn default() -> Self {
        Checksum(Digest::new(CrcAlgorithm::Crc64Redis))
    }
}

impl Checksum {
    /// Takes the next bytes of the file in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The checksum of all bytes so far.
    pub fn value(&self) -> u64 {
        self.0.finalize()
    }
}

/// Begins a file: its version, and facts about who wrote it.
pub fn begin(out: &mut Vec<u8>, version: u32, facts: &[(&str, &str)]) {
    out.extend_from_slice(magic(version).as_bytes());
    for (key, value) in facts {
        out.push(OPCODE_AUX);
        write_string(out, key.as_bytes());
        write_string(out, value.as_bytes());
    }
}

/// Ends a file; `checksum` is over all bytes before, these included once they are written.
pub fn end(out: &mut Vec<u8>, checksum: &mut Checksum) {
    out.push(OPCODE_END);
    checksum.update(&[OPCODE_END]);
    out.extend_from_slice(&checksum.value().to_le_bytes());
}

/// The entries that follow are of this database.
pub fn select(out: &mut Vec<u8>, db: u32) {
    out.push(OPCODE_SELECT);
    write_length(out, u64::from(db));
}

/// Writes one key with its value.
pub fn write_entry(
    out: &mut Vec<u8>,
    key: &[u8],
    value: Saved<'_>,
    expire_at_ms: Option<u64>,
    format: Format,
) {
    write_entry_head(out, key, value, expire_at_ms, format);
    write_elements(out, value, format);
}

/// Writes one key and all of its value but the elements, which follow by `write_some`.
pub fn write_entry_head(
    out: &mut Vec<u8>,
    key: &[u8],
    value: Saved<'_>,
    expire_at_ms: Option<u64>,
    format: Format,
) {
    if let Some(ms) = expire_at_ms {
        out.push(OPCODE_EXPIRE_MS);
        out.extend_from_slice(&ms.to_le_bytes());
    }
    out.push(value_type(value, format));
    write_string(out, key);
    write_value_head(out, value, format);
}

/// The version that a value needs.
pub fn version_of(value: Saved<'_>, format: Format) -> u32 {
    match value {
        Saved::Object(Value::Hash(hash)) if hash.is_timed() => format.version(),
        Saved::Bytes(_) | Saved::Int(_) | Saved::Object(_) => VERSION,
    }
}

/// The byte that says how a value is written.
pub fn value_type(value: Saved<'_>, format: Format) -> u8 {
    match value {
        Saved::Bytes(_) | Saved::Int(_) => TYPE_STRING,
        Saved::Object(Value::List(_)) => TYPE_LIST,
        Saved::Object(Value::Set(_)) => TYPE_SET,
        Saved::Object(Value::Hash(hash)) if hash.is_timed() => timed_hash::kind(format),
        Saved::Object(Value::Hash(_)) => TYPE_HASH,
        Saved::Object(Value::SortedSet(_)) => TYPE_SORTED_SET,
        Saved::Object(Value::Stream(_)) => stream::THIRD,
    }
}

/// Writes a value, without its type and key.
pub fn write_value(out: &mut Vec<u8>, value: Saved<'_>, format: Format) {
    write_value_head(out, value, format);
    write_elements(out, value, format);
}

/// What stands in front of the elements of a value.
fn write_value_head(out: &mut Vec<u8>, value: Saved<'_>, format: Format) {
    if let Saved::Object(Value::Hash(hash)) = value
        && hash.is_timed()
    {
        timed_hash::write_head(out, hash, format);
    }
    match value {
        Saved::Bytes(bytes) => write_length(out, bytes.len() as u64),
        Saved::Int(_) => {}
        Saved::Object(Value::Stream(stream)) => write_length(out, stream.block_count() as u64),
        Saved::Object(value) => write_length(out, value.len() as u64),
    }
}

fn write_elements(out: &mut Vec<u8>, value: Saved<'_>, format: Format) {
    let mut at = Some(0);
    while let Some(from) = at {
        at = write_some(out, value, from, format);
    }
}

/// Writes some elements, or some bytes of a string, from a place on, and gives the place of the
/// next, if there is one. The first place is 0.
pub fn write_some(out: &mut Vec<u8>, value: Saved<'_>, at: u64, format: Format) -> Option<u64> {
    let from = at as usize;
    let by_cursor = |next: u64| (next != 0).then_some(next);
    let by_index = |step: usize, len: usize| (from + step < len).then(|| (from + step) as u64);
    match value {
        Saved::Int(value) => {
            write_int(out, value);
            None
        }
        Saved::Bytes(bytes) => {
            out.extend_from_slice(&bytes[from..bytes.len().min(from + STEP_BYTES)]);
            by_index(STEP_BYTES, bytes.len())
        }
        Saved::Object(Value::List(list)) => {
            list.iter_from(from).take(STEP).for_each(|item| write_item(out, item));
            by_index(STEP, list.len())
        }
        Saved::Object(Value::Set(set)) => by_cursor(set.scan(at, |member| write_item(out, member))),
        Saved::Object(Value::Hash(hash)) if hash.is_timed() => {
            by_cursor(timed_hash::write_some(out, hash, at, format))
        }
        Saved::Object(Value::Hash(hash)) => by_cursor(hash.live(0).scan(at, |field, value| {
            write_item(out, field);
            write_item(out, value);
        })),
        Saved::Object(Value::SortedSet(set)) => {
            set.each(from, from + STEP, false, |member, score| {
                write_string(out, member);
                out.extend_from_slice(&score.to_le_bytes());
            });
            by_index(STEP, set.len())
        }
        Saved::Object(Value::Stream(stream)) => stream_save::write_some(out, stream, from),
    }
}

pub(super) fn write_item(out: &mut Vec<u8>, item: Item<'_>) {
    match item {
        Item::Bytes(bytes) => write_string(out, bytes),
        Item::Int(value) => write_int(out, value),
    }
}

pub(super) fn write_string(out: &mut Vec<u8>, bytes: &[u8]) {
    write_length(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn write_int(out: &mut Vec<u8>, value: i64) {
    if let Ok(value) = i8::try_from(value) {
        out.extend_from_slice(&[0xC0, value as u8]);
    } else if let Ok(value) = i16::try_from(value) {
        out.push(0xC1);
        out.extend_from_slice(&value.to_le_bytes());
    } else if let Ok(value) = i32::try_from(value) {
        out.push(0xC2);
        out.extend_from_slice(&value.to_le_bytes());
    } else {
        write_string(out, value.to_string().as_bytes());
    }
}

pub(super) fn write_length(out: &mut Vec<u8>, len: u64) {
    match len {
        0..0x40 => out.push(len as u8),
        0x40..0x4000 => out.extend_from_slice(&[0x40 | (len >> 8) as u8, len as u8]),
        0x4000..=0xFFFF_FFFF => {
            out.push(0x80);
            out.extend_from_slice(&(len as u32).to_be_bytes());
        }
        _ => {
            out.push(0x81);
            out.extend_from_slice(&len.to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_redis() {
        // The check value that the CRC's authors publish, for the digits 1 to 9.
        let mut checksum = Checksum::default();
        checksum.update(b"1234");
        checksum.update(b"56789");
        assert_eq!(checksum.value(), 0xe9c6_d914_c4b8_d9ca);
    }

    #[test]
    fn lengths_take_one_two_five_or_nine_bytes() {
        for (len, bytes) in [(63u64, 1), (64, 2), (16_383, 2), (16_384, 5), (1 << 32, 9)] {
            let mut out = Vec::new();
            write_length(&mut out, len);
            assert_eq!(out.len(), bytes, "{len}");
        }
    }

    #[test]
    fn an_entry_with_a_deadline_reads_as_drawn() {
        let mut out = Vec::new();
        select(&mut out, 3);
        write_entry(&mut out, b"k", Saved::Int(-2), Some(1), Format::Valkey);
        assert_eq!(out, [0xFE, 3, 0xFC, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, b'k', 0xC0, 0xFE]);
    }
}
