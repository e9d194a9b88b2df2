//! What `SSCAN` and `HSCAN` have in common: cursor, options and the shape of the reply.

use resp::{Args, Reply};
use types::Item;

use super::arguments::{Words, integer, is_word};
use crate::error::CommandError;
use crate::glob::{self, Case};

/// Elements that one call looks at, where the client does not say.
const COUNT: i64 = 10;

/// What is walked over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Of {
    /// A set.
    Set,
    /// A hash.
    Hash,
}

/// The options of a walk.
pub(super) struct Options<'a> {
    pattern: Option<&'a [u8]>,
    /// How many elements to look at.
    pub(super) count: u64,
    /// Whether values are left out.
    pub(super) only_names: bool,
}

impl<'a> Options<'a> {
    /// Reads the options behind the cursor.
    ///
    /// # Errors
    ///
    /// `Syntax`, `NotInteger`, and texts for options of other collections.
    pub(super) fn parse(args: Args<'a>, of: Of) -> Result<Options<'a>, CommandError> {
        let mut options = Options { pattern: None, count: COUNT as u64, only_names: false };
        let mut words = Words::new(args, 3);
        while let Some(word) = words.next() {
            if is_word(word, "COUNT") {
                let count = integer(words.argument()?)?;
                let count = u64::try_from(count).ok().filter(|&count| count > 0);
                options.count = count.ok_or(CommandError::Syntax)?;
            } else if is_word(word, "MATCH") {
                options.pattern = Some(words.argument()?).filter(|pattern| *pattern != b"*");
            } else if is_word(word, "NOVALUES") {
                if of != Of::Hash {
                    let error = "NOVALUES option can only be used in HSCAN";
                    return Err(CommandError::err(error));
                }
                options.only_names = true;
            } else if is_word(word, "NOSCORES") {
                return Err(CommandError::err("NOSCORES option can only be used in ZSCAN"));
            } else {
                return Err(CommandError::Syntax);
            }
        }
        Ok(options)
    }

    /// Whether an element with this name is returned.
    pub(super) fn wants(&self, name: Item<'_>) -> bool {
        let mut digits = itoa::Buffer::new();
        self.pattern.is_none_or(|p| glob::matches(p, name.bytes(&mut digits), Case::Sensitive))
    }
}

/// Replies with the next cursor and what was found.
pub(super) fn reply(reply: &mut Reply<'_>, cursor: u64, found: &[Item<'_>]) {
    let mut digits = itoa::Buffer::new();
    reply.array(2);
    reply.bulk(digits.format(cursor).as_bytes());
    reply.array(found.len());
    found.iter().for_each(|item| reply.bulk(item.bytes(&mut digits)));
}
