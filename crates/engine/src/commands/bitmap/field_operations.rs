//! The operations of BITFIELD, read from its arguments one after another.
//!
//! They are read twice: once so that nothing is done where one of them is wrong, once when they
//! are done. That is cheaper than to keep them.

use resp::Args;
use resp::number::parse_i64;
use types::bits::field::{FieldType, Overflow};

use super::offset::bit_offset;
use crate::commands::arguments::{Words, integer, is_word};
use crate::config::Config;
use crate::error::CommandError;

/// What is done with a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Action {
    /// `GET`
    Get,
    /// `SET value`
    Set(i64),
    /// `INCRBY increment`
    Increment(i64),
}

/// One operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct FieldOperation {
    pub(super) action: Action,
    pub(super) field: FieldType,
    pub(super) offset: u64,
    pub(super) overflow: Overflow,
}

impl FieldOperation {
    /// How long a string is that has all of the field, in bytes.
    pub(super) fn end(&self) -> usize {
        let bits = self.offset + u64::from(self.field.bits());
        usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
    }
}

/// Reads operations.
pub(super) struct FieldOperations<'a> {
    words: Words<'a>,
    overflow: Overflow,
    config: &'a Config,
}

impl<'a> FieldOperations<'a> {
    /// Those of a command.
    pub(super) fn new(args: Args<'a>, config: &'a Config) -> FieldOperations<'a> {
        FieldOperations { words: Words::new(args, 2), overflow: Overflow::default(), config }
    }

    fn read(&mut self, word: &[u8]) -> Result<FieldOperation, CommandError> {
        let known = ["GET", "SET", "INCRBY"].iter().any(|name| is_word(word, name));
        // A word too few is the same as an unknown word.
        let wanted = if is_word(word, "GET") { 2 } else { 3 };
        if !known || self.words.left() < wanted {
            return Err(CommandError::Syntax);
        }
        let field = field_type(self.words.argument()?)?;
        let offset = self.offset(field)?;
        let action = if is_word(word, "GET") {
            Action::Get
        } else if is_word(word, "SET") {
            Action::Set(integer(self.words.argument()?)?)
        } else {
            Action::Increment(integer(self.words.argument()?)?)
        };
        Ok(FieldOperation { action, field, offset, overflow: self.overflow })
    }

    /// The offset of a field: in bits, or behind `#` in fields.
    fn offset(&mut self, field: FieldType) -> Result<u64, CommandError> {
        let word = self.words.argument()?;
        match word {
            [b'#', count @ ..] => {
                let bits = parse_i64(count).and_then(|n| n.checked_mul(i64::from(field.bits())));
                let mut digits = itoa::Buffer::new();
                bit_offset(bits.map_or(b"", |bits| digits.format(bits).as_bytes()), self.config)
            }
            bits => bit_offset(bits, self.config),
        }
    }
}

impl Iterator for FieldOperations<'_> {
    type Item = Result<FieldOperation, CommandError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let word = self.words.next()?;
            if !is_word(word, "OVERFLOW") {
                return Some(self.read(word));
            }
            match self.words.argument().and_then(overflow) {
                Ok(overflow) => self.overflow = overflow,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn overflow(word: &[u8]) -> Result<Overflow, CommandError> {
    if is_word(word, "WRAP") {
        Ok(Overflow::Wrap)
    } else if is_word(word, "SAT") {
        Ok(Overflow::Saturate)
    } else if is_word(word, "FAIL") {
        Ok(Overflow::Fail)
    } else {
        Err(CommandError::err("Invalid OVERFLOW type specified"))
    }
}

fn field_type(word: &[u8]) -> Result<FieldType, CommandError> {
    let field = match word {
        [b'i', bits @ ..] => parse_i64(bits).and_then(|bits| FieldType::new(true, bits)),
        [b'u', bits @ ..] => parse_i64(bits).and_then(|bits| FieldType::new(false, bits)),
        _ => None,
    };
    field.ok_or_else(|| {
        CommandError::err(
            "Invalid bitfield type. Use something like i16 u8. \
             Note that u64 is not supported but i64 is.",
        )
    })
}
