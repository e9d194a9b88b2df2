//! The options of XREAD and XREADGROUP: everything up to the keys.

use resp::Args;
use resp::number::parse_i64;

use super::reading::Amount;
use crate::commands::arguments::{Words, integer, is_word, timeout_ms};
use crate::error::CommandError;

/// What was asked for.
pub(super) struct ReadOptions<'a> {
    /// How much.
    pub amount: Amount,
    /// Until when to wait, if at all; 0 is for ever.
    pub block: Option<u64>,
    /// The group and the consumer.
    pub group: Option<(&'a [u8], &'a [u8])>,
    /// Nothing becomes pending.
    pub no_ack: bool,
    /// Take what has been pending for so many milliseconds too.
    pub claim: Option<u64>,
    /// The keys.
    pub keys: Args<'a>,
    /// As many ids.
    pub ids: Args<'a>,
}

fn only_for_groups(option: &str) -> CommandError {
    CommandError::err(format!(
        "The {option} option is only supported by XREADGROUP. You called XREAD instead."
    ))
}

fn unbalanced(of_group: bool) -> CommandError {
    let (name, ids) =
        if of_group { ("xreadgroup", "an ID or '>'") } else { ("xread", "an ID or '$'") };
    CommandError::err(format!(
        "Unbalanced '{name}' list of streams: for each stream key {ids} must be specified."
    ))
}

impl<'a> ReadOptions<'a> {
    /// Reads the options.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub fn parse(
        args: Args<'a>,
        now_ms: u64,
        of_group: bool,
    ) -> Result<ReadOptions<'a>, CommandError> {
        let mut words = Words::new(args, 1);
        let mut options = ReadOptions {
            amount: Amount::ALL,
            block: None,
            group: None,
            no_ack: false,
            claim: None,
            keys: args.head(0),
            ids: args.head(0),
        };
        while let Some(word) = words.next() {
            if words.left() > 0 && is_word(word, "streams") {
                options.read_streams(args.tail(args.len() - words.left()), of_group)?;
                break;
            }
            options.read_option(word, &mut words, (now_ms, of_group))?;
        }
        if options.keys.is_empty() {
            return Err(CommandError::Syntax);
        }
        if of_group && options.group.is_none() {
            return Err(CommandError::err("Missing GROUP option for XREADGROUP"));
        }
        Ok(options)
    }

    fn read_streams(&mut self, both: Args<'a>, of_group: bool) -> Result<(), CommandError> {
        if !both.len().is_multiple_of(2) {
            return Err(unbalanced(of_group));
        }
        self.keys = both.head(both.len() / 2);
        self.ids = both.tail(both.len() / 2);
        Ok(())
    }

    fn read_option(
        &mut self,
        word: &[u8],
        words: &mut Words<'a>,
        (now_ms, of_group): (u64, bool),
    ) -> Result<(), CommandError> {
        if is_word(word, "block") && words.left() > 0 {
            self.block = Some(timeout_ms(words.argument()?, now_ms)?);
        } else if is_word(word, "count") && words.left() > 0 {
            self.amount.each = match integer(words.argument()?)? {
                count @ 1.. => usize::try_from(count).unwrap_or(usize::MAX),
                _ => usize::MAX,
            };
        } else if is_word(word, "maxcount") && words.left() > 0 {
            self.amount.total = above_zero(words.argument()?, "MAXCOUNT")? as usize;
        } else if is_word(word, "maxsize") && words.left() > 0 {
            self.amount.bytes = above_zero(words.argument()?, "MAXSIZE")?;
        } else if is_word(word, "group") && words.left() > 1 {
            if !of_group {
                return Err(only_for_groups("GROUP"));
            }
            self.group = Some((words.argument()?, words.argument()?));
        } else if is_word(word, "noack") {
            if !of_group {
                return Err(only_for_groups("NOACK"));
            }
            self.no_ack = true;
        } else if is_word(word, "claim") && words.left() > 0 {
            if !of_group {
                return Err(only_for_groups("CLAIM"));
            }
            let wrong = || CommandError::err("min-idle-time must be a positive integer");
            let idle = parse_i64(words.argument()?).and_then(|ms| u64::try_from(ms).ok());
            self.claim = Some(idle.ok_or_else(wrong)?);
        } else {
            return Err(CommandError::Syntax);
        }
        Ok(())
    }
}

fn above_zero(argument: &[u8], name: &str) -> Result<u64, CommandError> {
    let value = parse_i64(argument).and_then(|value| u64::try_from(value).ok());
    let value = value.filter(|value| *value > 0);
    value.ok_or_else(|| CommandError::err(format!("{name} must be a positive integer")))
}
