//! The id of a stream's entry: a time and a number within it.

use std::fmt;

/// When an entry came, and its number among those of the same millisecond.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Id {
    /// Milliseconds since 1970.
    pub ms: u64,
    /// The number.
    pub seq: u64,
}

impl Id {
    /// Before all entries: no entry has it.
    pub const ZERO: Id = Id::new(0, 0);
    /// Behind all entries.
    pub const MAX: Id = Id::new(u64::MAX, u64::MAX);

    /// An id of its two parts.
    pub const fn new(ms: u64, seq: u64) -> Id {
        Id { ms, seq }
    }

    /// The next id.
    pub fn next(self) -> Option<Id> {
        match self.seq.checked_add(1) {
            Some(seq) => Some(Id { seq, ..self }),
            None => self.ms.checked_add(1).map(|ms| Id { ms, seq: 0 }),
        }
    }

    /// The id before.
    pub fn previous(self) -> Option<Id> {
        match self.seq.checked_sub(1) {
            Some(seq) => Some(Id { seq, ..self }),
            None => self.ms.checked_sub(1).map(|ms| Id { ms, seq: u64::MAX }),
        }
    }

    /// The id that a text spells: `ms-seq`, or `ms` alone, for which `seq` stands then.
    pub fn parse(text: &[u8], seq: u64) -> Option<Id> {
        match text.iter().position(|byte| *byte == b'-') {
            None => Some(Id { ms: number(text)?, seq }),
            Some(at) => Some(Id { ms: number(&text[..at])?, seq: number(&text[at + 1..])? }),
        }
    }

    /// As files have it: both parts, the highest byte first.
    pub fn to_bytes(self) -> [u8; 16] {
        (u128::from(self.ms) << 64 | u128::from(self.seq)).to_be_bytes()
    }

    /// The id of such bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Id {
        let both = u128::from_be_bytes(bytes);
        Id { ms: (both >> 64) as u64, seq: both as u64 }
    }
}

/// A number without a minus; spaces and zeros in front and a plus do no harm, as in the field.
pub fn number(text: &[u8]) -> Option<u64> {
    let is_space = |byte: &u8| *byte == b'\x0b' || byte.is_ascii_whitespace();
    let spaces = text.iter().take_while(|byte| is_space(byte)).count();
    let text = &text[spaces..];
    let digits = text.strip_prefix(b"+").unwrap_or(text);
    if digits.is_empty() || digits.len() > 120 {
        return None;
    }
    digits.iter().try_fold(0u64, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.ms, self.seq)
    }
}

/// Room for an id as text.
#[derive(Clone, Copy)]
pub struct IdText {
    bytes: [u8; 41],
    len: usize,
}

impl IdText {
    /// The text of an id.
    pub fn new(id: Id) -> IdText {
        let mut text = IdText { bytes: [0; 41], len: 0 };
        text.push(itoa::Buffer::new().format(id.ms).as_bytes());
        text.push(b"-");
        text.push(itoa::Buffer::new().format(id.seq).as_bytes());
        text
    }

    /// The text.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    fn push(&mut self, part: &[u8]) {
        self.bytes[self.len..self.len + part.len()].copy_from_slice(part);
        self.len += part.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_the_field_does() {
        assert_eq!(Id::parse(b"5-3", 0), Some(Id::new(5, 3)));
        assert_eq!(Id::parse(b"5", 7), Some(Id::new(5, 7)));
        assert_eq!(Id::parse(b"+05-007", 0), Some(Id::new(5, 7)));
        assert_eq!(Id::parse(b" 5-\t+7", 0), Some(Id::new(5, 7)));
        assert_eq!(Id::parse(b"18446744073709551615-18446744073709551615", 0), Some(Id::MAX));
        for text in [
            &b"18446744073709551616"[..],
            b"",
            b"-",
            b"1-",
            b"-1",
            b"1-2-3",
            b"1-x",
            b"1 ",
            b"+ 1",
            b"99999999999999999999999-1",
        ] {
            assert_eq!(Id::parse(text, 0), None, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn ids_have_neighbours_but_at_the_ends() {
        assert_eq!(Id::new(1, u64::MAX).next(), Some(Id::new(2, 0)));
        assert_eq!(Id::new(2, 0).previous(), Some(Id::new(1, u64::MAX)));
        assert_eq!((Id::MAX.next(), Id::ZERO.previous()), (None, None));
        assert_eq!(Id::from_bytes(Id::new(1, 2).to_bytes()), Id::new(1, 2));
        assert_eq!(IdText::new(Id::MAX).as_bytes(), Id::MAX.to_string().as_bytes());
    }
}
