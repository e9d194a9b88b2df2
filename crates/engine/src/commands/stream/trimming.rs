//! The options that XADD and XTRIM have in common:
//! `MAXLEN|MINID [=|~] threshold [LIMIT count] [KEEPREF|DELREF|ACKED]`

use resp::number::parse_i64;
use types::stream::{IdText, References, Strategy, Stream, Trim};

use super::ids::id;
use crate::commands::arguments::{Words, is_word};
use crate::config::Config;
use crate::error::CommandError;

/// What was said about trimming.
#[derive(Clone, Copy, Default)]
pub(super) struct Trimming {
    strategy: Option<Strategy>,
    approximate: bool,
    limit: Option<u64>,
    references: Option<References>,
}

fn limit_alone() -> CommandError {
    CommandError::err("syntax error, LIMIT cannot be used without the special ~ option")
}

/// The word of what becomes of references.
pub(super) fn references(word: &[u8]) -> Option<References> {
    match word {
        word if is_word(word, "keepref") => Some(References::Keep),
        word if is_word(word, "delref") => Some(References::Delete),
        word if is_word(word, "acked") => Some(References::Acknowledged),
        _ => None,
    }
}

impl Trimming {
    /// Reads an option whose word was just read, if there is something behind it that can be its
    /// argument; false if it is none of these.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(&mut self, word: &[u8], words: &mut Words<'_>) -> Result<bool, CommandError> {
        if let Some(references) = references(word) {
            self.read_references(references)?;
        } else if words.left() > 0 && is_word(word, "maxlen") {
            let threshold = self.threshold(words)?;
            let len = parse_i64(threshold).ok_or(CommandError::NotInteger)?;
            let negative = |_| CommandError::err("The MAXLEN argument must be >= 0.");
            self.strategy = Some(Strategy::MaxLen(u64::try_from(len).map_err(negative)?));
        } else if words.left() > 0 && is_word(word, "minid") {
            let threshold = self.threshold(words)?;
            self.strategy = Some(Strategy::MinId(id(threshold, 0)?));
        } else if words.left() > 0 && is_word(word, "limit") {
            let limit = parse_i64(words.argument()?).ok_or(CommandError::NotInteger)?;
            let negative = |_| CommandError::err("The LIMIT argument must be >= 0.");
            self.limit = Some(u64::try_from(limit).map_err(negative)?);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn read_references(&mut self, references: References) -> Result<(), CommandError> {
        if self.references.is_some_and(|other| other != references) {
            return Err(CommandError::Syntax);
        }
        self.references = Some(references);
        Ok(())
    }

    fn threshold<'a>(&mut self, words: &mut Words<'a>) -> Result<&'a [u8], CommandError> {
        if self.strategy.is_some() {
            return Err(CommandError::err(
                "syntax error, MAXLEN and MINID options at the same time are not compatible",
            ));
        }
        let first = words.argument()?;
        match first {
            b"~" | b"=" if words.left() > 0 => {
                self.approximate = first == b"~";
                words.argument()
            }
            _ => {
                self.approximate = false;
                Ok(first)
            }
        }
    }

    /// How an entry that comes in trims, if it does.
    ///
    /// # Errors
    ///
    /// Options that do not go together.
    pub fn finish_of_entry(&self, config: &Config) -> Result<Option<Trim>, CommandError> {
        match self.finish(config)? {
            None if self.limit.is_some() => Err(limit_alone()),
            trim => Ok(trim),
        }
    }

    /// How to trim; `None` if nothing was said.
    ///
    /// # Errors
    ///
    /// Options that do not go together.
    pub fn finish(&self, config: &Config) -> Result<Option<Trim>, CommandError> {
        let references = self.references.unwrap_or(References::Keep);
        let Some(strategy) = self.strategy else {
            return match self.limit {
                Some(1..) => Err(CommandError::err(
                    "syntax error, LIMIT cannot be used without specifying a trimming strategy",
                )),
                Some(0) | None => Ok(None),
            };
        };
        if self.limit.is_some() && !self.approximate {
            return Err(limit_alone());
        }
        let limit = match self.limit {
            Some(limit) => limit,
            None if self.approximate => default_limit(config),
            None => 0,
        };
        Ok(Some(Trim { strategy, approximate: self.approximate, limit, references }))
    }
}

/// How much an approximate trim removes at once where nothing is said.
fn default_limit(config: &Config) -> u64 {
    match config.encodings.stream_node_max_entries.saturating_mul(100) {
        0 => 10_000,
        limit => limit.min(1_000_000),
    }
}

/// The words that trim another copy of a stream in the same way.
pub(super) struct ExactTrim {
    name: &'static [u8],
    threshold: Vec<u8>,
    references: &'static [u8],
}

impl ExactTrim {
    /// Of a stream as it is after it was trimmed.
    pub fn new(stream: &Stream, trim: &Trim) -> ExactTrim {
        // What was left because somebody needs it says nothing about the ids that went.
        let by_len = trim.approximate && trim.references == References::Acknowledged;
        let (name, threshold): (&[u8], _) = match trim.strategy {
            Strategy::MaxLen(max) if !trim.approximate => (b"MAXLEN", max.to_string().into()),
            Strategy::MaxLen(_) => (b"MAXLEN", stream.len().to_string().into()),
            Strategy::MinId(_) if by_len => (b"MAXLEN", stream.len().to_string().into()),
            Strategy::MinId(id) => {
                let first = stream.first().map_or(id, |first| first.id);
                let id = if trim.approximate { first } else { id };
                (b"MINID", IdText::new(id).as_bytes().to_vec())
            }
        };
        let references: &[u8] = match trim.references {
            References::Keep => b"",
            References::Delete => b"DELREF",
            References::Acknowledged => b"ACKED",
        };
        ExactTrim { name, threshold, references }
    }

    /// The words.
    pub fn words(&self) -> impl Iterator<Item = &[u8]> {
        let words = [self.name, b"=", &self.threshold, self.references];
        words.into_iter().filter(|word| !word.is_empty())
    }
}
