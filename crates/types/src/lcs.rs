//! The longest common subsequence of two strings, with the places where they agree.
//!
//! The whole table of the textbook method is kept, because the way back through it decides which
//! of several equally long answers is given, and clients compare answers. Its size is bounded by
//! the longest string that the server accepts, as in Redis; methods that need one row alone were
//! left out, because the time would still be the product of the lengths.
//!
//! # Layout
//!
//! ```text
//!  cell(i, j) = table[i * (len(b) + 1) + j] = length of the answer for a[..i] and b[..j]
//! ```
//!
//! # Invariants
//!
//! 1. The table takes `(len(a) + 1) * (len(b) + 1) * 4` bytes, or is not made at all.
//! 2. Matches come from the ends of the strings to their beginnings and do not overlap.

use std::fmt;
use std::ops::RangeInclusive;

/// Why no answer was computed; `Display` is the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LcsError {
    /// A string has 2^32 - 2 bytes or more.
    TooLong,
    /// The table would exceed the limit.
    OverLimit,
    /// There was no memory for the table.
    NoMemory,
}

impl fmt::Display for LcsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            LcsError::TooLong => "ERR String too long for LCS",
            LcsError::OverLimit => {
                "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"
            }
            LcsError::NoMemory => {
                "ERR Insufficient memory, failed allocating transient memory for LCS"
            }
        })
    }
}

impl std::error::Error for LcsError {}

/// A run of bytes that both strings share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Its indexes in the first string.
    pub a: RangeInclusive<usize>,
    /// Its indexes in the second string.
    pub b: RangeInclusive<usize>,
    /// Its length.
    pub len: usize,
}

/// The table of two strings.
pub struct Lcs<'a> {
    a: &'a [u8],
    b: &'a [u8],
    table: Vec<u32>,
}

impl<'a> Lcs<'a> {
    /// Computes the table, in time and memory proportional to the product of the lengths.
    ///
    /// # Errors
    ///
    /// [`LcsError`] if the table would take more than `max_bytes`.
    pub fn new(a: &'a [u8], b: &'a [u8], max_bytes: u64) -> Result<Lcs<'a>, LcsError> {
        let too_long = usize::try_from(u32::MAX - 1).unwrap_or(usize::MAX);
        if a.len() >= too_long || b.len() >= too_long {
            return Err(LcsError::TooLong);
        }
        let cells = (a.len() as u64 + 1).checked_mul(b.len() as u64 + 1);
        let bytes = cells.and_then(|cells| cells.checked_mul(4)).ok_or(LcsError::NoMemory)?;
        if bytes > max_bytes {
            return Err(LcsError::OverLimit);
        }
        let cells = usize::try_from(bytes / 4).map_err(|_| LcsError::NoMemory)?;
        let mut table = Vec::new();
        table.try_reserve_exact(cells).map_err(|_| LcsError::NoMemory)?;
        table.resize(cells, 0);
        let mut lcs = Lcs { a, b, table };
        lcs.fill();
        Ok(lcs)
    }

    fn fill(&mut self) {
        let width = self.b.len() + 1;
        for (i, byte) in self.a.iter().enumerate() {
            let (above, row) = self.table[i * width..(i + 2) * width].split_at_mut(width);
            for (j, other) in self.b.iter().enumerate() {
                row[j + 1] = if byte == other { above[j] + 1 } else { row[j].max(above[j + 1]) };
            }
        }
    }

    fn cell(&self, i: usize, j: usize) -> u32 {
        self.table[i * (self.b.len() + 1) + j]
    }

    /// The length of the longest common subsequence.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "it is the length of an answer")]
    pub fn len(&self) -> u32 {
        self.cell(self.a.len(), self.b.len())
    }

    /// The longest common subsequence; of several, the one that Redis gives.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        self.walk_back(|i, _| text.push(self.a[i]));
        text.reverse();
        text
    }

    /// The runs of at least `min_len` bytes that it is made of, the last first.
    #[must_use]
    pub fn matches(&self, min_len: usize) -> Vec<Match> {
        let mut matches: Vec<Match> = Vec::new();
        self.walk_back(|i, j| match matches.last_mut() {
            Some(last) if *last.a.start() == i + 1 && *last.b.start() == j + 1 => {
                *last = Match { a: i..=*last.a.end(), b: j..=*last.b.end(), len: last.len + 1 };
            }
            _ => matches.push(Match { a: i..=i, b: j..=j, len: 1 }),
        });
        matches.retain(|run| run.len >= min_len);
        matches
    }

    /// Calls `visit` with the indexes of each byte of the answer, from the last to the first.
    fn walk_back(&self, mut visit: impl FnMut(usize, usize)) {
        let (mut i, mut j) = (self.a.len(), self.b.len());
        while i > 0 && j > 0 {
            if self.a[i - 1] == self.b[j - 1] {
                i -= 1;
                j -= 1;
                visit(i, j);
            } else if self.cell(i - 1, j) > self.cell(i, j - 1) {
                i -= 1;
            } else {
                j -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NO_LIMIT: u64 = u64::MAX;

    fn lcs<'a>(a: &'a str, b: &'a str) -> Lcs<'a> {
        Lcs::new(a.as_bytes(), b.as_bytes(), NO_LIMIT).unwrap()
    }

    fn is_subsequence(text: &[u8], of: &[u8]) -> bool {
        let mut rest = of.iter();
        text.iter().all(|byte| rest.any(|other| other == byte))
    }

    /// The obvious recursion.
    fn reference(a: &[u8], b: &[u8]) -> u32 {
        match (a, b) {
            ([], _) | (_, []) => 0,
            ([x, a @ ..], [y, b @ ..]) if x == y => 1 + reference(a, b),
            ([_, after_a @ ..], [_, after_b @ ..]) => {
                reference(after_a, b).max(reference(a, after_b))
            }
        }
    }

    #[test]
    fn the_documented_example_gives_its_documented_answer() {
        let lcs = lcs("ohmytext", "mynewtext");
        assert_eq!((lcs.len(), lcs.text()), (6, b"mytext".to_vec()));
        let runs = [Match { a: 4..=7, b: 5..=8, len: 4 }, Match { a: 2..=3, b: 0..=1, len: 2 }];
        assert_eq!(lcs.matches(0), runs);
        assert_eq!(lcs.matches(4), runs[..1]);
        assert_eq!(lcs.matches(5), []);
    }

    #[test]
    fn empty_and_disjoint_strings_have_nothing_in_common() {
        for (a, b) in [("", ""), ("", "abc"), ("abc", ""), ("abc", "xyz")] {
            let lcs = lcs(a, b);
            assert_eq!((lcs.len(), lcs.text(), lcs.matches(0)), (0, Vec::new(), Vec::new()));
        }
    }

    #[test]
    fn a_table_beyond_the_limit_is_not_made() {
        let outcome = |max_bytes| Lcs::new(b"abc", b"de", max_bytes).err();
        assert_eq!(outcome(48), None);
        assert_eq!(outcome(47), Some(LcsError::OverLimit));
    }

    proptest! {
        #[test]
        fn answers_are_common_longest_and_made_of_their_runs(a in "[abc]{0,9}", b in "[abc]{0,9}") {
            let lcs = lcs(&a, &b);
            let text = lcs.text();
            prop_assert_eq!(lcs.len(), reference(a.as_bytes(), b.as_bytes()));
            prop_assert_eq!(text.len() as u64, u64::from(lcs.len()));
            prop_assert!(is_subsequence(&text, a.as_bytes()));
            prop_assert!(is_subsequence(&text, b.as_bytes()));
            let runs = lcs.matches(0);
            let joined: Vec<u8> =
                runs.iter().rev().flat_map(|run| a[run.a.clone()].bytes()).collect();
            prop_assert_eq!(joined, text);
            for run in &runs {
                prop_assert_eq!(&a[run.a.clone()], &b[run.b.clone()]);
                prop_assert_eq!(run.a.clone().count(), run.len);
            }
        }
    }
}
