//! The options of SORT.

use std::ops::Range;

use resp::Args;
use smallvec::SmallVec;

use crate::commands::arguments::{Words, integer, is_word};
use crate::error::CommandError;

/// What is asked for.
#[derive(Default)]
pub(super) struct Options<'a> {
    /// `BY`: what to compare instead of the elements.
    pub(super) by: Option<&'a [u8]>,
    /// `GET`: what to return instead of the elements.
    pub(super) gets: SmallVec<[&'a [u8]; 4]>,
    /// `ALPHA`: compare bytes, not numbers.
    pub(super) alpha: bool,
    /// `DESC`: the largest first.
    pub(super) descending: bool,
    /// `STORE`: where to put the result.
    pub(super) store: Option<&'a [u8]>,
    /// `LIMIT`: how many to leave out, and how many to take.
    limit: Option<(i64, i64)>,
}

impl<'a> Options<'a> {
    /// Reads the options; `may_store` allows `STORE`.
    ///
    /// # Errors
    ///
    /// `Syntax` and `NotInteger`.
    pub(super) fn parse(args: Args<'a>, may_store: bool) -> Result<Options<'a>, CommandError> {
        let mut options = Options::default();
        let mut words = Words::new(args, 2);
        while let Some(word) = words.next() {
            if is_word(word, "ASC") {
                options.descending = false;
            } else if is_word(word, "DESC") {
                options.descending = true;
            } else if is_word(word, "ALPHA") {
                options.alpha = true;
            } else if is_word(word, "LIMIT") && words.left() >= 2 {
                let offset = integer(words.argument()?)?;
                options.limit = Some((offset, integer(words.argument()?)?));
            } else if is_word(word, "BY") {
                options.by = Some(words.argument()?);
            } else if is_word(word, "GET") {
                options.gets.push(words.argument()?);
            } else if may_store && is_word(word, "STORE") {
                options.store = Some(words.argument()?);
            } else {
                return Err(CommandError::Syntax);
            }
        }
        Ok(options)
    }

    /// Whether `BY` names no key, so that there is nothing to compare.
    pub(super) fn keeps_order(&self) -> bool {
        self.by.is_some_and(|by| !by.contains(&b'*'))
    }

    /// Whether other keys are looked at than the arguments name.
    pub(super) fn looks_at_keys(&self) -> bool {
        self.by.iter().chain(&self.gets).any(|pattern| pattern.contains(&b'*'))
    }

    /// Which of so many elements are returned.
    pub(super) fn range(&self, len: usize) -> Range<usize> {
        let Some((offset, count)) = self.limit else { return 0..len };
        let start = usize::try_from(offset.max(0)).unwrap_or(usize::MAX).min(len);
        // A negative count is all.
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        start..start.saturating_add(count).min(len)
    }
}
