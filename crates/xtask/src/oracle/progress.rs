//! How far a run got, and what it covered: kept in a file where the run is to be resumed.

use resp::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// How often each command had a good reply, and how often an error.
#[derive(Default, Debug, PartialEq)]
pub struct Tally(BTreeMap<String, [u64; 2]>);

impl Tally {
    /// Counts a reply.
    pub fn count(&mut self, name: &[u8], reply: &Value) {
        let name = String::from_utf8_lossy(name).to_lowercase();
        let counts = self.0.entry(name).or_default();
        counts[usize::from(reply.is_error())] += 1;
    }

    /// All replies.
    pub fn total(&self) -> u64 {
        self.0.values().flatten().sum()
    }

    /// A line for each command.
    pub fn table(&self) -> String {
        let line = |(name, [good, bad]): (&String, &[u64; 2])| {
            format!("{name:22} {good:10} good {bad:10} errors\n")
        };
        self.0.iter().map(line).collect()
    }
}

/// Where a run stands.
#[derive(Default, Debug, PartialEq)]
pub struct Progress {
    pub seed: u64,
    /// The next round.
    pub round: u64,
    pub tally: Tally,
}

impl Progress {
    /// What the file says; `None` where there is no file.
    pub fn read(file: &Path) -> Result<Option<Progress>, String> {
        let Ok(text) = fs::read_to_string(file) else { return Ok(None) };
        let mut progress = Progress::default();
        for line in text.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let wrong = || format!("{}: `{line}` is not understood", file.display());
            let number = |text: &str| text.parse::<u64>().map_err(|_| wrong());
            match words.as_slice() {
                ["seed", seed] => progress.seed = number(seed)?,
                ["round", round] => progress.round = number(round)?,
                [name, good, bad] => {
                    progress.tally.0.insert((*name).to_owned(), [number(good)?, number(bad)?]);
                }
                _ => return Err(wrong()),
            }
        }
        Ok(Some(progress))
    }

    /// Writes it down.
    pub fn write(&self, file: &Path) -> Result<(), String> {
        let mut text = format!("seed {}\nround {}\n", self.seed, self.round);
        for (name, [good, bad]) in &self.tally.0 {
            text.push_str(&format!("{name} {good} {bad}\n"));
        }
        fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn progress_is_read_as_it_was_written() {
        let scratch = Scratch::new("progress").unwrap();
        let file = scratch.path().join("progress");
        assert_eq!(Progress::read(&file).unwrap(), None);
        let mut progress = Progress { seed: 5, round: 7, tally: Tally::default() };
        progress.tally.count(b"SET", &Value::Integer(1));
        progress.tally.count(b"set", &Value::Error(b"ERR".to_vec()));
        progress.write(&file).unwrap();
        assert_eq!(Progress::read(&file).unwrap(), Some(progress));
        fs::write(&file, "sed 5 x\n").unwrap();
        assert!(Progress::read(&file).is_err());
    }
}
