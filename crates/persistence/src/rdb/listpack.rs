//! Reading and writing listpacks: short collections of strings and integers in one block.
//!
//! # Layout
//!
//! ```text
//! u32 bytes | u16 count, FFFF where it is more | elements | FF          (little-endian)
//! element:  how and what | the length of that, in bytes, backwards
//!   0xxxxxxx                     0 to 127
//!   10xxxxxx                     a string of x bytes
//!   110xxxxx xxxxxxxx            a signed integer of 13 bits
//!   1110xxxx xxxxxxxx            a string of x bytes
//!   F0 u32                       a string of so many bytes
//!   F1, F2, F3, F4               signed integers of 2, 3, 4, 8 bytes
//! ```

use std::borrow::Cow;

use super::bytes::{Bytes, RdbError};

/// The strings of a listpack, integers as their digits.
pub(super) fn strings(packed: &[u8]) -> Result<Vec<Cow<'_, [u8]>>, RdbError> {
    let mut bytes = Bytes::new(packed);
    if u32::from_le_bytes(bytes.array()?) as usize != packed.len() {
        return Err(bytes.error("a listpack of another length"));
    }
    let count = u16::from_le_bytes(bytes.array()?);
    let mut strings = Vec::new();
    loop {
        let first = bytes.byte()?;
        if first == 0xFF {
            break;
        }
        strings.push(element(first, &mut bytes)?);
    }
    if !bytes.is_empty() || count != u16::MAX && usize::from(count) != strings.len() {
        return Err(bytes.error("a listpack of another count"));
    }
    Ok(strings)
}

fn element<'a>(first: u8, bytes: &mut Bytes<'a>) -> Result<Cow<'a, [u8]>, RdbError> {
    let string = |bytes: &mut Bytes<'a>, header: usize, len: usize| {
        let string = bytes.take(len)?;
        length_backwards(bytes, header + len)?;
        Ok(Cow::Borrowed(string))
    };
    let (value, len) = match first {
        0..0x80 => (i64::from(first), 1),
        0x80..0xC0 => return string(bytes, 1, usize::from(first & 0x3F)),
        0xC0..0xE0 => {
            let raw = u16::from(first & 0x1F) << 8 | u16::from(bytes.byte()?);
            // The sign is the thirteenth bit.
            (i64::from((raw << 3).cast_signed() >> 3), 2)
        }
        0xE0..0xF0 => {
            let len = usize::from(first & 0x0F) << 8 | usize::from(bytes.byte()?);
            return string(bytes, 2, len);
        }
        0xF0 => {
            let len = u32::from_le_bytes(bytes.array()?) as usize;
            return string(bytes, 5, len);
        }
        0xF1 => (i64::from(i16::from_le_bytes(bytes.array()?)), 3),
        0xF2 => {
            let [a, b, c] = bytes.array()?;
            (i64::from(i32::from_le_bytes([0, a, b, c]) >> 8), 4)
        }
        0xF3 => (i64::from(i32::from_le_bytes(bytes.array()?)), 5),
        0xF4 => (i64::from_le_bytes(bytes.array()?), 9),
        0xF5.. => return Err(bytes.error("no such element of a listpack")),
    };
    length_backwards(bytes, len)?;
    Ok(Cow::Owned(value.to_string().into_bytes()))
}

/// Reads the length behind an element: seven bits a byte, the lowest last, and a bit in all but
/// the first says that there are more.
fn length_backwards(bytes: &mut Bytes<'_>, len: usize) -> Result<(), RdbError> {
    for expected in backwards(len) {
        if bytes.byte()? != expected {
            return Err(bytes.error("an element of another length"));
        }
    }
    Ok(())
}

/// The bytes that say the length of an element behind it.
fn backwards(len: usize) -> impl Iterator<Item = u8> {
    let count = match len {
        0..128 => 1,
        128..16_383 => 2,
        16_383..2_097_151 => 3,
        2_097_151..268_435_455 => 4,
        _ => 5,
    };
    (0..count).rev().map(move |place| {
        let more = if place + 1 == count { 0 } else { 0x80 };
        (len >> (7 * place)) as u8 & 0x7F | more
    })
}

/// A listpack that is written.
pub(super) struct Packer {
    bytes: Vec<u8>,
    count: usize,
}

impl Packer {
    /// Nothing yet.
    pub fn new() -> Packer {
        Packer { bytes: vec![0; 6], count: 0 }
    }

    /// Adds an integer.
    pub fn integer(&mut self, value: i64) {
        let wide = value.to_le_bytes();
        match value {
            0..128 => self.element(&[value as u8], &[]),
            -4096..4096 => self.element(&[0xC0 | (value >> 8) as u8 & 0x1F, value as u8], &[]),
            -0x8000..0x8000 => self.element(&[0xF1], &wide[..2]),
            -0x80_0000..0x80_0000 => self.element(&[0xF2], &wide[..3]),
            -0x8000_0000..0x8000_0000 => self.element(&[0xF3], &wide[..4]),
            _ => self.element(&[0xF4], &wide),
        }
    }

    /// Adds a string.
    pub fn string(&mut self, bytes: &[u8]) {
        match bytes.len() {
            len @ 0..64 => self.element(&[0x80 | len as u8], bytes),
            len @ ..4096 => self.element(&[0xE0 | (len >> 8) as u8, len as u8], bytes),
            len => {
                let [a, b, c, d] = (len as u32).to_le_bytes();
                self.element(&[0xF0, a, b, c, d], bytes);
            }
        }
    }

    fn element(&mut self, head: &[u8], bytes: &[u8]) {
        self.bytes.extend_from_slice(head);
        self.bytes.extend_from_slice(bytes);
        self.bytes.extend(backwards(head.len() + bytes.len()));
        self.count += 1;
    }

    /// The listpack.
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.push(0xFF);
        let len = self.bytes.len() as u32;
        let count = u16::try_from(self.count).unwrap_or(u16::MAX);
        self.bytes[..4].copy_from_slice(&len.to_le_bytes());
        self.bytes[4..6].copy_from_slice(&count.to_le_bytes());
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(elements: &[u8], count: u16) -> Result<Vec<String>, RdbError> {
        let mut packed = (elements.len() as u32 + 7).to_le_bytes().to_vec();
        packed.extend_from_slice(&count.to_le_bytes());
        packed.extend_from_slice(elements);
        packed.push(0xFF);
        let text = |string: Cow<'_, [u8]>| String::from_utf8_lossy(&string).into_owned();
        strings(&packed).map(|strings| strings.into_iter().map(text).collect())
    }

    #[test]
    fn elements_of_every_form_are_read() {
        let elements = b"\x7F\x01\x82hi\x03\xDF\xFF\x02\xC0\x80\x02\xE0\x03abc\x05\
            \xF0\x01\0\0\0x\x06\xF1\x00\x80\x03\xF2\xFF\xFF\xFF\x04\xF3\0\0\x01\0\x05\
            \xF4\0\0\0\0\x01\0\0\0\x09";
        let expected =
            ["127", "hi", "-1", "128", "abc", "x", "-32768", "-1", "65536", "4294967296"];
        assert_eq!(read(elements, 10).unwrap(), expected);
        assert_eq!(read(elements, u16::MAX).unwrap(), expected);
        assert!(read(elements, 9).is_err());
    }

    #[test]
    fn long_elements_say_their_length_in_several_bytes() {
        for (len, tail) in [(200usize, &b"\x01\xCA"[..]), (20_000, b"\x01\x9C\xA5")] {
            let mut element = match len {
                200 => vec![0xE0, 200],
                _ => [&[0xF0][..], &(len as u32).to_le_bytes()].concat(),
            };
            element.extend(vec![b'x'; len]);
            element.extend_from_slice(tail);
            assert_eq!(read(&element, 1).unwrap()[0].len(), len);
        }
    }

    #[test]
    fn what_was_packed_is_read() {
        let numbers = [0, 127, 128, -1, -4096, 4095, 4096, -4097, 1 << 23, i64::MAX, i64::MIN];
        let texts = [0, 1, 63, 64, 200, 4095, 4096, 20_000].map(|len| "x".repeat(len));
        let mut packer = Packer::new();
        numbers.iter().for_each(|number| packer.integer(*number));
        texts.iter().for_each(|text| packer.string(text.as_bytes()));
        let packed = packer.finish();
        let expected = numbers.iter().map(i64::to_string).chain(texts);
        assert!(
            strings(&packed).unwrap().iter().map(|text| text.to_vec()).eq(expected.map(Vec::from))
        );
    }

    #[test]
    fn broken_elements_are_errors() {
        for element in [&b"\x01\x02"[..], b"\x82h", b"\xF5\x01", b"\xF3\0\0\x05", b"\xBF"] {
            assert!(read(element, 1).is_err(), "{element:?}");
        }
    }
}
