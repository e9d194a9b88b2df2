//! Reading the pieces that every RDB value is made of: lengths and strings.
//!
//! The bytes are all there, so a length that reaches beyond them is an error before anything is
//! allocated for it: what a payload claims never costs more memory than what it brings.

use std::borrow::Cow;
use std::fmt;

use super::lzf;

/// What is wrong with bytes that should be RDB, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RdbError {
    /// Offset of the byte where it was noticed.
    pub at: usize,
    /// What is wrong.
    pub what: &'static str,
}

impl fmt::Display for RdbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.what, self.at)
    }
}

impl std::error::Error for RdbError {}

/// What a length byte announces.
enum Length {
    /// So many.
    Plain(u64),
    /// A string in another form.
    Encoded(u8),
}

/// Bytes that are read from the front.
pub(super) struct Bytes<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    /// Reads `all` from its beginning.
    pub fn new(all: &'a [u8]) -> Bytes<'a> {
        Bytes { all, at: 0 }
    }

    /// An error at this place.
    pub fn error(&self, what: &'static str) -> RdbError {
        RdbError { at: self.at, what }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.at == self.all.len()
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], RdbError> {
        let rest = &self.all[self.at..];
        let Some(taken) = rest.get(..len) else { return Err(self.error("the bytes end early")) };
        self.at += len;
        Ok(taken)
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], RdbError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, RdbError> {
        self.array().map(|[byte]| byte)
    }

    fn any_length(&mut self) -> Result<Length, RdbError> {
        let first = self.byte()?;
        let low = first & 0x3F;
        Ok(Length::Plain(match first >> 6 {
            0 => u64::from(low),
            1 => u64::from(low) << 8 | u64::from(self.byte()?),
            3 => return Ok(Length::Encoded(low)),
            _ => match first {
                0x80 => u64::from(u32::from_be_bytes(self.array()?)),
                0x81 => u64::from_be_bytes(self.array()?),
                _ => return Err(self.error("no such form of length")),
            },
        }))
    }

    /// A number of elements or bytes.
    pub fn length(&mut self) -> Result<u64, RdbError> {
        match self.any_length()? {
            Length::Plain(length) => Ok(length),
            Length::Encoded(_) => Err(self.error("a string where a length should be")),
        }
    }

    fn size(&mut self) -> Result<usize, RdbError> {
        let length = self.length()?;
        usize::try_from(length).map_err(|_| self.error("a length beyond all memory"))
    }

    /// A string, in whatever form.
    pub fn string(&mut self) -> Result<Cow<'a, [u8]>, RdbError> {
        let value = match self.any_length()? {
            Length::Plain(length) => {
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                return self.take(length).map(Cow::Borrowed);
            }
            Length::Encoded(0) => i64::from(i8::from_le_bytes(self.array()?)),
            Length::Encoded(1) => i64::from(i16::from_le_bytes(self.array()?)),
            Length::Encoded(2) => i64::from(i32::from_le_bytes(self.array()?)),
            Length::Encoded(3) => {
                let (packed, unpacked) = (self.size()?, self.size()?);
                let packed = self.take(packed)?;
                let bytes = lzf::unpack(packed, unpacked);
                return bytes.map(Cow::Owned).ok_or_else(|| self.error("broken compression"));
            }
            Length::Encoded(_) => return Err(self.error("no such form of string")),
        };
        Ok(Cow::Owned(value.to_string().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_read_in_all_their_forms() {
        let read = |bytes: &[u8]| Bytes::new(bytes).string().map(Cow::into_owned);
        assert_eq!(read(b"\x03abc"), Ok(b"abc".to_vec()));
        assert_eq!(read(b"\x40\x03abc"), Ok(b"abc".to_vec()));
        assert_eq!(read(b"\x80\0\0\0\x03abc"), Ok(b"abc".to_vec()));
        assert_eq!(read(b"\x81\0\0\0\0\0\0\0\x03abc"), Ok(b"abc".to_vec()));
        assert_eq!(read(b"\xC0\xFF"), Ok(b"-1".to_vec()));
        assert_eq!(read(b"\xC1\x00\x80"), Ok(b"-32768".to_vec()));
        assert_eq!(read(b"\xC2\x00\x00\x01\x00"), Ok(b"65536".to_vec()));
        assert_eq!(read(b"\xC3\x05\x0A\x00a\xE0\x00\x00"), Ok(vec![b'a'; 10]));
    }

    #[test]
    fn a_length_beyond_the_bytes_is_an_error_with_its_place() {
        let error = Bytes::new(b"\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFx").string().unwrap_err();
        assert_eq!(error.at, 9);
        assert!(Bytes::new(b"\xC3\x01\x81\x7F\0\0\0\0\0\0\0x").string().is_err());
        assert!(Bytes::new(b"\xC4").string().is_err() && Bytes::new(b"\x82").length().is_err());
    }
}
