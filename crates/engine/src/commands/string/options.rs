//! The options that SET shares with its kin: conditions, deadlines, the old value.

use resp::Args;
use types::digest;

use crate::commands::arguments::{Words, is_word};
use crate::commands::deadline::Form;
use crate::error::CommandError;
use crate::keyspace::handle::Str;

/// When a string is set or deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Condition<'a> {
    /// Always.
    #[default]
    None,
    /// `NX`: where there is no key.
    Absent,
    /// `XX`: where there is a key.
    Present,
    /// `IFEQ`: where the value is this one.
    Equal(&'a [u8]),
    /// `IFNE`: where the value is another one, or there is none.
    NotEqual(&'a [u8]),
    /// `IFDEQ`: where the digest of the value is this one.
    DigestEqual(&'a [u8]),
    /// `IFDNE`: where the digest of the value is another one, or there is no value.
    DigestNotEqual(&'a [u8]),
}

impl<'a> Condition<'a> {
    /// The comparison that a word stands for, with its operand.
    pub fn comparison(word: &[u8], operand: &'a [u8]) -> Option<Condition<'a>> {
        if is_word(word, "IFEQ") {
            Some(Condition::Equal(operand))
        } else if is_word(word, "IFNE") {
            Some(Condition::NotEqual(operand))
        } else if is_word(word, "IFDEQ") {
            Some(Condition::DigestEqual(operand))
        } else if is_word(word, "IFDNE") {
            Some(Condition::DigestNotEqual(operand))
        } else {
            None
        }
    }

    /// Refuses a digest that is none.
    ///
    /// # Errors
    ///
    /// An error of its own.
    pub fn check_digest(self) -> Result<(), CommandError> {
        match self {
            Condition::DigestEqual(text) | Condition::DigestNotEqual(text)
                if !digest::is_digest(text) =>
            {
                Err(CommandError::err("must be exactly 16 hexadecimal characters"))
            }
            _ => Ok(()),
        }
    }

    /// Whether it looks at the value, which then must be a string.
    pub fn compares(self) -> bool {
        !matches!(self, Condition::None | Condition::Absent | Condition::Present)
    }

    /// Whether it holds for a key without a value.
    pub fn holds_for_none(self) -> bool {
        matches!(
            self,
            Condition::None
                | Condition::Absent
                | Condition::NotEqual(_)
                | Condition::DigestNotEqual(_)
        )
    }

    /// Whether it holds for a value.
    pub fn holds_for(self, value: Str<'_>) -> bool {
        let mut digits = itoa::Buffer::new();
        match self {
            Condition::None | Condition::Present => true,
            Condition::Absent => false,
            Condition::Equal(other) => value.bytes(&mut digits) == other,
            Condition::NotEqual(other) => value.bytes(&mut digits) != other,
            Condition::DigestEqual(text) => {
                digest::equals_digest_of(text, value.bytes(&mut digits))
            }
            Condition::DigestNotEqual(text) => {
                !digest::equals_digest_of(text, value.bytes(&mut digits))
            }
        }
    }
}

/// What becomes of the deadline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Expiry<'a> {
    /// Nothing was said.
    #[default]
    Unsaid,
    /// `KEEPTTL`
    Keep,
    /// `PERSIST`
    Persist,
    /// A new one.
    At(Form, &'a [u8]),
}

/// Which command's options are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kin {
    /// `SET`
    Set,
    /// `MSETEX`
    MsetEx,
    /// `GETEX`
    GetEx,
}

/// The options of SET and its kin.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options<'a> {
    /// When.
    pub condition: Condition<'a>,
    /// `GET`: reply with the old value.
    pub get: bool,
    /// The deadline.
    pub expiry: Expiry<'a>,
}

impl<'a> Options<'a> {
    /// Reads the options from argument `from` on.
    ///
    /// # Errors
    ///
    /// `Syntax` for unknown and contradicting ones.
    pub fn parse(args: Args<'a>, from: usize, kin: Kin) -> Result<Options<'a>, CommandError> {
        let mut options = Options::default();
        let mut words = Words::new(args, from);
        while let Some(word) = words.next() {
            if !options.condition_word(word, &mut words, kin)?
                && !options.expiry_word(word, &mut words, kin)?
            {
                return Err(CommandError::Syntax);
            }
        }
        options.condition.check_digest()?;
        Ok(options)
    }

    fn condition_word(
        &mut self,
        word: &[u8],
        words: &mut Words<'a>,
        kin: Kin,
    ) -> Result<bool, CommandError> {
        if kin == Kin::GetEx {
            return Ok(false);
        }
        let condition = if is_word(word, "NX") {
            Condition::Absent
        } else if is_word(word, "XX") {
            Condition::Present
        } else if kin == Kin::Set && is_word(word, "GET") {
            self.get = true;
            return Ok(true);
        } else if kin == Kin::Set && Condition::comparison(word, b"").is_some() {
            let operand = words.argument()?;
            let comparison = Condition::comparison(word, operand);
            comparison.filter(|_| self.condition == Condition::None).ok_or(CommandError::Syntax)?
        } else {
            return Ok(false);
        };
        if self.condition != Condition::None && self.condition != condition {
            return Err(CommandError::Syntax);
        }
        self.condition = condition;
        Ok(true)
    }

    fn expiry_word(
        &mut self,
        word: &[u8],
        words: &mut Words<'a>,
        kin: Kin,
    ) -> Result<bool, CommandError> {
        let expiry = if kin != Kin::GetEx && is_word(word, "KEEPTTL") {
            Expiry::Keep
        } else if kin == Kin::GetEx && is_word(word, "PERSIST") {
            Expiry::Persist
        } else if let Some(form) = Form::of_word(word) {
            Expiry::At(form, words.argument()?)
        } else {
            return Ok(false);
        };
        let agrees = match (self.expiry, expiry) {
            (Expiry::Unsaid, _) => true,
            // compat: the same option may be repeated, and the last one counts.
            (Expiry::At(before, _), Expiry::At(form, _)) => before == form,
            (before, expiry) => before == expiry,
        };
        self.expiry = expiry;
        if agrees { Ok(true) } else { Err(CommandError::Syntax) }
    }
}
