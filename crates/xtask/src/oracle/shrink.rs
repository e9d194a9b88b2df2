//! The commands that a difference needs: whatever can be left out is.

use super::pair::{Outcome, Pair};
use super::progress::Tally;
use super::round::Call;
use std::time::{Duration, Instant};

/// When enough was tried.
const TRIES: usize = 600;
const LIMIT: Duration = Duration::from_secs(20);

/// How a row of commands is seen to fail.
#[derive(Clone, PartialEq)]
pub enum Failure {
    /// The last command has two replies.
    LastCommand,
    /// This key is another one when it was taken to the other server.
    Hop(String),
    /// A server breaks.
    Break,
}

/// Looks for fewer commands that fail in the same way.
pub struct Shrinking<'a> {
    pub pair: &'a mut Pair,
    pub preamble: &'a [Call],
    pub failure: Failure,
}

impl Shrinking<'_> {
    /// As few of the commands as could be found; they are all that were sent.
    pub fn run(&mut self, calls: &[Call]) -> Result<Vec<Call>, String> {
        let mut kept = calls.to_vec();
        // The last one is the question.
        let fixed = usize::from(self.failure == Failure::LastCommand);
        let (mut tries, began) = (0, Instant::now());
        let mut step = kept.len().div_ceil(2);
        while step > 0 {
            let mut at = 0;
            let before = kept.len();
            while at + fixed < kept.len() {
                if tries == TRIES || began.elapsed() > LIMIT {
                    return Ok(kept);
                }
                tries += 1;
                let end = (at + step).min(kept.len() - fixed);
                let mut fewer = kept.clone();
                fewer.drain(at..end);
                if self.fails(&fewer)? {
                    kept = fewer;
                } else {
                    at += step;
                }
            }
            step = if step == 1 && kept.len() < before { 1 } else { step / 2 };
        }
        Ok(kept)
    }

    /// Whether these commands fail in the way that is looked for.
    fn fails(&mut self, calls: &[Call]) -> Result<bool, String> {
        let mut tally = Tally::default();
        if let Outcome::Broken(_) = self.pair.run(self.preamble, &mut tally) {
            self.pair.restart()?;
            return Ok(false);
        }
        let outcome = match (self.pair.run(calls, &mut tally), &self.failure) {
            (Outcome::Same, Failure::Hop(key)) => self.pair.hop(std::slice::from_ref(key)),
            (Outcome::Different(_), Failure::Hop(_)) => return Ok(false),
            (outcome, _) => outcome,
        };
        match outcome {
            Outcome::Same | Outcome::Over => Ok(false),
            Outcome::Different(found) => Ok(match self.failure {
                Failure::LastCommand => found.after + 1 == calls.len(),
                Failure::Hop(_) => true,
                Failure::Break => false,
            }),
            Outcome::Broken(_) => {
                self.pair.restart()?;
                Ok(self.failure == Failure::Break)
            }
        }
    }
}
