//! How numbers and strings stand in a block of a stream.
//!
//! # Layout
//!
//! ```text
//! number:  seven bits a byte, the lowest first; the highest bit says that there are more
//! string:  0xxxxxxx                   x bytes
//!          10xxxxxx xxxxxxxx          x bytes
//!          110xxxxx                   the integer x
//!          1110xxxx                   a signed integer in x bytes, the lowest first
//!          11110000 number            so many bytes
//! ```
//!
//! # Invariants
//!
//! 1. What is read here was written here: a block never holds foreign bytes.

use structures::packed::Item;

const LONG: u8 = 0b1000_0000;
const SMALL: u8 = 0b1100_0000;
const INTEGER: u8 = 0b1110_0000;
const HUGE: u8 = 0b1111_0000;
const SHORT_MAX: usize = 127;
const LONG_MAX: usize = (1 << 14) - 1;

/// Bytes that are collected on the stack while they are few.
pub(super) struct Scratch {
    few: [u8; 240],
    len: usize,
    many: Vec<u8>,
}

impl Scratch {
    /// Nothing yet.
    pub fn new() -> Scratch {
        Scratch { few: [0; 240], len: 0, many: Vec::new() }
    }

    /// What was collected.
    pub fn as_bytes(&self) -> &[u8] {
        if self.many.is_empty() { &self.few[..self.len] } else { &self.many }
    }

    fn extend(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        if self.many.is_empty() && end <= self.few.len() {
            self.few[self.len..end].copy_from_slice(bytes);
            self.len = end;
            return;
        }
        if self.many.is_empty() {
            self.many.extend_from_slice(&self.few[..self.len]);
        }
        self.many.extend_from_slice(bytes);
    }

    /// Adds a number.
    pub fn number(&mut self, value: u64) {
        let (bytes, len) = number_bytes(value);
        self.extend(&bytes[..len]);
    }

    /// Adds a string.
    pub fn string(&mut self, bytes: &[u8]) {
        if let Some(value) = integer(bytes) {
            return self.integer(value);
        }
        match bytes.len() {
            len @ 0..=SHORT_MAX => self.extend(&[len as u8]),
            len @ ..=LONG_MAX => self.extend(&[LONG | (len >> 8) as u8, len as u8]),
            len => {
                self.extend(&[HUGE]);
                self.number(len as u64);
            }
        }
        self.extend(bytes);
    }

    fn integer(&mut self, value: i64) {
        if (0..32).contains(&value) {
            return self.extend(&[SMALL | value as u8]);
        }
        // The sign needs a bit too.
        let bits = 65 - (value ^ value >> 63).leading_zeros();
        let len = bits.div_ceil(8) as usize;
        self.extend(&[INTEGER | len as u8]);
        self.extend(&value.to_le_bytes()[..len]);
    }
}

/// A number as bytes, and how many these are.
pub(super) fn number_bytes(mut value: u64) -> ([u8; 10], usize) {
    let (mut bytes, mut len) = ([0; 10], 0);
    while value >= 0x80 {
        bytes[len] = value as u8 | 0x80;
        value >>= 7;
        len += 1;
    }
    bytes[len] = value as u8;
    (bytes, len + 1)
}

/// The integer that a string spells as the machine would.
fn integer(bytes: &[u8]) -> Option<i64> {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    match digits {
        [b'0'] if bytes.len() == 1 => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= 19 => {}
        _ => return None,
    }
    let mut value = 0i64;
    for byte in digits {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        // Downwards, as there is one more below zero than above.
        value = value.checked_mul(10)?.checked_sub(digit)?;
    }
    if digits.len() < bytes.len() { Some(value) } else { value.checked_neg() }
}

/// The number that begins at `at`, which moves behind it.
#[inline]
pub(super) fn number_at(bytes: &[u8], at: &mut usize) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return value;
        }
        shift += 7;
    }
}

/// The string that begins at `at`, which moves behind it.
#[inline]
pub(super) fn string_at<'a>(bytes: &'a [u8], at: &mut usize) -> Item<'a> {
    let head = bytes[*at];
    *at += 1;
    let len = match head {
        ..LONG => usize::from(head),
        LONG..SMALL => {
            *at += 1;
            usize::from(head & !LONG) << 8 | usize::from(bytes[*at - 1])
        }
        SMALL..INTEGER => return Item::Int(i64::from(head & !SMALL)),
        INTEGER..HUGE => {
            let len = usize::from(head & 0x0F);
            let mut wide = [0; 8];
            wide[..len].copy_from_slice(&bytes[*at..*at + len]);
            *at += len;
            let unused = 64 - 8 * len as u32;
            return Item::Int(i64::from_le_bytes(wide) << unused >> unused);
        }
        HUGE.. => number_at(bytes, at) as usize,
    };
    *at += len;
    Item::Bytes(&bytes[*at - len..*at])
}

/// Whether the string that begins at `at` is this one; `at` moves behind it.
#[inline]
pub(super) fn is_string_at(bytes: &[u8], at: &mut usize, wanted: &[u8]) -> bool {
    match string_at(bytes, at) {
        Item::Bytes(bytes) => bytes == wanted,
        Item::Int(value) => itoa::Buffer::new().format(value).as_bytes() == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_numbers_are_read_as_they_were_written() {
        let long = vec![b'x'; 20_000];
        let strings: [&[u8]; 14] = [
            b"",
            b"0",
            b"31",
            b"32",
            b"-1",
            b"-0",
            b"007",
            b"9223372036854775807",
            b"-9223372036854775808",
            b"9223372036854775808",
            b"temperature",
            &long[..128],
            &long[..16_383],
            &long,
        ];
        let numbers = [0, 127, 128, 1 << 20, u64::MAX];
        let mut scratch = Scratch::new();
        strings.iter().for_each(|string| scratch.string(string));
        numbers.iter().for_each(|number| scratch.number(*number));
        let (bytes, mut at) = (scratch.as_bytes(), 0);
        for string in strings {
            let before = at;
            assert_eq!(string_at(bytes, &mut at).to_vec(), string);
            assert!(is_string_at(bytes, &mut { before }, string));
        }
        for number in numbers {
            assert_eq!(number_at(bytes, &mut at), number);
        }
        assert_eq!(at, bytes.len());
    }

    #[test]
    fn short_integers_take_few_bytes() {
        for (text, size) in [("7", 1), ("-1", 2), ("1000", 3), ("65535", 4), ("abc", 4)] {
            let mut scratch = Scratch::new();
            scratch.string(text.as_bytes());
            assert_eq!(scratch.as_bytes().len(), size, "{text}");
        }
    }
}
