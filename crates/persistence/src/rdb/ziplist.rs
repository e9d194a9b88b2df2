//! Reading ziplists: what listpacks replaced, in payloads of servers before Redis 7.
//!
//! # Layout
//!
//! ```text
//! u32 bytes | u32 offset of the last element | u16 count, FFFF where it is more | elements | FF
//! element:  bytes of the one before it: u8, or FE u32 | how and what
//!   00xxxxxx                     a string of x bytes
//!   01xxxxxx xxxxxxxx            a string of x bytes (big-endian)
//!   80 u32                       a string of so many bytes (big-endian)
//!   C0, D0, E0, F0, FE           signed integers of 2, 4, 8, 3, 1 bytes
//!   F1 to FD                     0 to 12
//! ```

use std::borrow::Cow;

use super::bytes::{Bytes, RdbError};

const HEADER_BYTES: usize = 10;

/// The strings of a ziplist, integers as their digits.
pub(super) fn strings(packed: &[u8]) -> Result<Vec<Cow<'_, [u8]>>, RdbError> {
    let mut bytes = Bytes::new(packed);
    if u32::from_le_bytes(bytes.array()?) as usize != packed.len() {
        return Err(bytes.error("a ziplist of another length"));
    }
    let tail = u32::from_le_bytes(bytes.array()?) as usize;
    let count = u16::from_le_bytes(bytes.array()?);
    let mut strings = Vec::new();
    let (mut at, mut before) = (HEADER_BYTES, 0);
    loop {
        let first = bytes.byte()?;
        if first == 0xFF {
            break;
        }
        let (named, header) = match first {
            0xFE => (u32::from_le_bytes(bytes.array()?) as usize, 5),
            short => (usize::from(short), 1),
        };
        if named != before {
            return Err(bytes.error("an element of another length"));
        }
        let (string, len) = element(&mut bytes)?;
        strings.push(string);
        at += before;
        before = header + len;
    }
    let counted = count == u16::MAX || usize::from(count) == strings.len();
    if !bytes.is_empty() || !counted || tail != at {
        return Err(bytes.error("a ziplist of another count"));
    }
    Ok(strings)
}

/// An element, and how many bytes say so.
fn element<'a>(bytes: &mut Bytes<'a>) -> Result<(Cow<'a, [u8]>, usize), RdbError> {
    let first = bytes.byte()?;
    let string = |bytes: &mut Bytes<'a>, header: usize, len: usize| {
        bytes.take(len).map(|string| (Cow::Borrowed(string), header + len))
    };
    let (value, len) = match first {
        0..0x40 => return string(bytes, 1, usize::from(first)),
        0x40..0x80 => {
            let len = usize::from(first & 0x3F) << 8 | usize::from(bytes.byte()?);
            return string(bytes, 2, len);
        }
        0x80 => {
            let len = u32::from_be_bytes(bytes.array()?) as usize;
            return string(bytes, 5, len);
        }
        0xC0 => (i64::from(i16::from_le_bytes(bytes.array()?)), 3),
        0xD0 => (i64::from(i32::from_le_bytes(bytes.array()?)), 5),
        0xE0 => (i64::from_le_bytes(bytes.array()?), 9),
        0xF0 => {
            let [a, b, c] = bytes.array()?;
            (i64::from(i32::from_le_bytes([0, a, b, c]) >> 8), 4)
        }
        0xFE => (i64::from(i8::from_le_bytes(bytes.array()?)), 2),
        0xF1..=0xFD => (i64::from(first - 0xF1), 1),
        _ => return Err(bytes.error("no such element of a ziplist")),
    };
    Ok((Cow::Owned(value.to_string().into_bytes()), len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(elements: &[u8], tail: u32, count: u16) -> Vec<u8> {
        let mut packed = (elements.len() as u32 + 11).to_le_bytes().to_vec();
        packed.extend_from_slice(&tail.to_le_bytes());
        packed.extend_from_slice(&count.to_le_bytes());
        packed.extend_from_slice(elements);
        packed.push(0xFF);
        packed
    }

    #[test]
    fn elements_of_every_form_are_read() {
        let elements =
            b"\x00\x02hi\x04\x40\x01x\x04\x80\0\0\0\x01y\x07\xC0\x00\x80\x04\xD0\0\0\x01\0\
            \x06\xE0\0\0\0\0\x01\0\0\0\x0A\xF0\xFF\xFF\xFF\x05\xFE\xFF\x03\xF1\x02\xFD";
        let packed = packed(elements, elements.len() as u32 + 8, 10);
        let read = strings(&packed).unwrap();
        let expected: [&[u8]; 10] =
            [b"hi", b"x", b"y", b"-32768", b"65536", b"4294967296", b"-1", b"-1", b"0", b"12"];
        assert_eq!(read, expected);
    }

    #[test]
    fn a_long_element_has_its_length_in_front_of_the_next() {
        let mut elements = b"\x00\x41\x2C".to_vec();
        elements.extend([b'x'; 300]);
        elements.extend_from_slice(b"\xFE\x2F\x01\0\0\xF1");
        assert_eq!(strings(&packed(&elements, 10 + 303, 2)).unwrap()[1], &b"0"[..]);
    }

    #[test]
    fn contradictions_are_errors() {
        for (elements, tail, count) in [
            (&b"\x00\x02hi"[..], 10, 2),
            (b"\x00\x02hi", 11, 1),
            (b"\x01\x02hi", 10, 1),
            (b"\x00\x05hi", 10, 1),
            (b"\x00\xFF", 10, 1),
            (b"\x00\x90", 10, 1),
        ] {
            assert!(strings(&packed(elements, tail, count)).is_err(), "{elements:?}");
        }
    }
}
