//! Ranges of members: by rank, by score, by name; from the words of a command to ranks.

use resp::Args;
use types::sorted_set::Cut;
use types::{Object, SortedSet};

use crate::commands::arguments::{Words, integer, is_word};
use crate::error::CommandError;

/// What a range is given by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum By {
    /// Ranks, from the end where negative.
    Rank,
    /// Scores.
    Score,
    /// Names, in a set whose scores are all equal.
    Name,
}

/// Both ends of a range.
#[derive(Clone, Copy, Debug)]
enum Ends<'a> {
    Ranks(i64, i64),
    Cuts(Cut<'a>, Cut<'a>),
}

/// A range.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range<'a> {
    ends: Ends<'a>,
    /// Counted and shown from the last member on.
    pub reverse: bool,
    /// How many to leave out, and how many to take at most; all where negative.
    limit: (i64, i64),
}

/// What a command says before the words of its range are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// What the range is given by, unless an option may say that.
    pub by: Option<By>,
    /// Whether it is reversed, unless an option may say that.
    pub reverse: Option<bool>,
    /// Whether scores can be asked for.
    pub scores: bool,
}

impl<'a> Range<'a> {
    /// A range by two words, lower end first.
    pub fn new(by: By, min: &'a [u8], max: &'a [u8]) -> Result<Range<'a>, CommandError> {
        let ends = match by {
            By::Rank => Ends::Ranks(integer(min)?, integer(max)?),
            By::Score => Ends::Cuts(score_cut(min, Cut::BeforeScore, Cut::AfterScore)?, {
                score_cut(max, Cut::AfterScore, Cut::BeforeScore)?
            }),
            By::Name => Ends::Cuts(name_cut(min, Cut::BeforeMember, Cut::AfterMember)?, {
                name_cut(max, Cut::AfterMember, Cut::BeforeMember)?
            }),
        };
        Ok(Range { ends, reverse: false, limit: (0, -1) })
    }

    /// Reads `min max [options]` from argument `first` on. Also tells whether scores are asked for.
    pub fn parse(
        args: Args<'a>,
        first: usize,
        form: Form,
    ) -> Result<(Range<'a>, bool), CommandError> {
        let (mut by, mut reverse, mut limit, mut scores) = (form.by, form.reverse, (0, -1), false);
        let mut words = Words::new(args, first + 2);
        while let Some(word) = words.next() {
            if form.scores && is_word(word, "WITHSCORES") {
                scores = true;
            } else if is_word(word, "LIMIT") {
                let (offset, count) = (words.argument()?, words.argument()?);
                limit = (integer(offset)?, integer(count)?);
            } else if form.reverse.is_none() && reverse.is_none() && is_word(word, "REV") {
                reverse = Some(true);
            } else if form.by.is_none() && by.is_none() && is_word(word, "BYLEX") {
                by = Some(By::Name);
            } else if form.by.is_none() && by.is_none() && is_word(word, "BYSCORE") {
                by = Some(By::Score);
            } else {
                return Err(CommandError::Syntax);
            }
        }
        let (by, reverse) = (by.unwrap_or(By::Rank), reverse.unwrap_or(false));
        check(by, limit.1, scores)?;
        // compat: a range of ranks may name a limit that takes all, and is not shortened by it.
        let limit = if by == By::Rank { (0, -1) } else { limit };
        let (min, max) = (args.at(first), args.at(first + 1));
        let swapped = reverse && by != By::Rank;
        let (min, max) = if swapped { (max, min) } else { (min, max) };
        Ok((Range { reverse, limit, ..Range::new(by, min, max)? }, scores))
    }

    /// The ranks of the members in the range: from the first to before the second.
    pub fn ranks(&self, set: &SortedSet) -> (usize, usize) {
        let len = set.len();
        let (from, to) = match self.ends {
            Ends::Ranks(start, stop) => {
                let from_end = |index: i64| {
                    if index < 0 { index.saturating_add(len as i64) } else { index }
                };
                let from = from_end(start).clamp(0, len as i64) as usize;
                let to = from_end(stop).saturating_add(1).clamp(0, len as i64) as usize;
                if self.reverse { (len - to, len - from) } else { (from, to) }
            }
            Ends::Cuts(min, max) => (set.count_before(min), set.count_before(max)),
        };
        if from >= to { (0, 0) } else { self.limited(from, to) }
    }

    fn limited(&self, from: usize, to: usize) -> (usize, usize) {
        let (offset, count) = self.limit;
        let Ok(offset) = usize::try_from(offset) else { return (0, 0) };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let offset = offset.min(to - from);
        if self.reverse {
            let to = to - offset;
            (from.max(to.saturating_sub(count)), to)
        } else {
            let from = from + offset;
            (from, to.min(from.saturating_add(count)))
        }
    }
}

fn check(by: By, count: i64, scores: bool) -> Result<(), CommandError> {
    if by == By::Rank && count != -1 {
        return Err(CommandError::err(
            "syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
        ));
    }
    if by == By::Name && scores {
        return Err(CommandError::err(
            "syntax error, WITHSCORES not supported in combination with BYLEX",
        ));
    }
    Ok(())
}

/// A score as the end of a range: `(1` leaves members with that score out.
fn score_cut<'a>(
    word: &[u8],
    closed: fn(f64) -> Cut<'a>,
    open: fn(f64) -> Cut<'a>,
) -> Result<Cut<'a>, CommandError> {
    let (number, cut) = match word {
        [b'(', rest @ ..] => (rest, open),
        rest => (rest, closed),
    };
    // compat: no digits are a zero here, and what is too large is infinite.
    let score = match number {
        [] => Some(0.0),
        number => str::from_utf8(number).ok().and_then(|number| number.parse::<f64>().ok()),
    };
    let score = score.filter(|score| !score.is_nan());
    score.map(cut).ok_or_else(|| CommandError::err("min or max is not a float"))
}

/// A name as the end of a range: `[a` with it, `(a` without, `-` and `+` for all.
fn name_cut<'a>(
    word: &'a [u8],
    closed: fn(&'a [u8]) -> Cut<'a>,
    open: fn(&'a [u8]) -> Cut<'a>,
) -> Result<Cut<'a>, CommandError> {
    match word {
        b"-" => Ok(Cut::First),
        b"+" => Ok(Cut::Last),
        [b'[', name @ ..] => Ok(closed(name)),
        [b'(', name @ ..] => Ok(open(name)),
        _ => Err(CommandError::err("min or max not valid string range item")),
    }
}
