//! The options of `HSETEX` and `HGETEX`: conditions and the deadline.

use resp::Args;

use crate::commands::arguments::is_word;
use crate::commands::deadline::{Form, invalid_time};
use crate::ctx::Ctx;
use crate::error::CommandError;

/// What becomes of the deadlines of the fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Expiry<'a> {
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
pub(super) enum Of {
    /// `HGETEX`
    Get,
    /// `HSETEX`
    Set,
}

/// The options.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Options<'a> {
    /// `XX`: the key must be there; `NX`: it must not.
    pub key_exists: Option<bool>,
    /// `FXX`: every field must be there; `FNX`: none may be.
    pub fields_exist: Option<bool>,
    /// The deadline.
    pub expiry: Expiry<'a>,
}

impl<'a> Options<'a> {
    /// Reads the options between the key and the word `FIELDS` at `end`.
    ///
    /// # Errors
    ///
    /// `Syntax` for unknown and contradicting ones.
    pub(super) fn parse(args: Args<'a>, end: usize, of: Of) -> Result<Self, CommandError> {
        let (mut options, mut at) = (Options::default(), 2);
        while at < end {
            let word = args.at(at);
            at += 1;
            if of == Of::Set && options.condition(word)? {
                continue;
            }
            let expiry = if let Some(form) = Form::of_word(word).filter(|_| at < end) {
                at += 1;
                Expiry::At(form, args.at(at - 1))
            } else if of == Of::Set && is_word(word, "KEEPTTL") {
                Expiry::Keep
            } else if of == Of::Get && is_word(word, "PERSIST") {
                Expiry::Persist
            } else {
                return Err(CommandError::Syntax);
            };
            options.set_expiry(expiry)?;
        }
        Ok(options)
    }

    /// Reads a condition, if the word is one.
    fn condition(&mut self, word: &[u8]) -> Result<bool, CommandError> {
        let (condition, wanted) = if is_word(word, "NX") {
            (&mut self.key_exists, false)
        } else if is_word(word, "XX") {
            (&mut self.key_exists, true)
        } else if is_word(word, "FNX") {
            (&mut self.fields_exist, false)
        } else if is_word(word, "FXX") {
            (&mut self.fields_exist, true)
        } else {
            return Ok(false);
        };
        if condition.is_some_and(|before| before != wanted) {
            return Err(CommandError::Syntax);
        }
        *condition = Some(wanted);
        Ok(true)
    }

    fn set_expiry(&mut self, expiry: Expiry<'a>) -> Result<(), CommandError> {
        let agrees = match (self.expiry, expiry) {
            (Expiry::Unsaid, _) => true,
            // compat: the same option may be repeated, and the last one counts.
            (Expiry::At(before, _), Expiry::At(form, _)) => before == form,
            (before, expiry) => before == expiry,
        };
        self.expiry = expiry;
        if agrees { Ok(()) } else { Err(CommandError::Syntax) }
    }

    /// The new deadline, in milliseconds since 1970, if there is one.
    ///
    /// # Errors
    ///
    /// As `moment`.
    pub(super) fn deadline(&self, ctx: &Ctx<'_>) -> Result<Option<u64>, CommandError> {
        match self.expiry {
            Expiry::At(form, text) => moment(ctx, form, text).map(Some),
            Expiry::Unsaid | Expiry::Keep | Expiry::Persist => Ok(None),
        }
    }
}

/// The deadline of a field, in milliseconds since 1970.
///
/// # Errors
///
/// `NotInteger`, and a text about the time where it is negative or too far away.
pub(super) fn moment(ctx: &Ctx<'_>, form: Form, text: &[u8]) -> Result<u64, CommandError> {
    let name = ctx.command.name();
    let at_ms = form.parse(text, ctx.now_ms(), name)?;
    let negative = text.first() == Some(&b'-');
    u64::try_from(at_ms).ok().filter(|_| !negative).ok_or_else(|| invalid_time(name))
}
