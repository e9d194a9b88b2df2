//! Commands that were slow or large: what `SLOWLOG` and `COMMANDLOG` show.

use std::collections::VecDeque;

use parking_lot::Mutex;
use resp::Args;

use crate::command::Command;
use crate::redact;

/// Arguments that are kept of a command.
const ARGUMENTS_MAX: usize = 32;
/// Bytes that are kept of an argument.
const ARGUMENT_BYTES_MAX: usize = 128;

/// Why a command is in the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogKind {
    /// It took long.
    Slow,
    /// It came with many bytes.
    LargeRequest,
    /// It replied with many bytes.
    LargeReply,
}

impl LogKind {
    /// All kinds.
    pub const ALL: [LogKind; 3] = [LogKind::Slow, LogKind::LargeRequest, LogKind::LargeReply];

    /// The kind of this name, in any case.
    pub fn named(name: &[u8]) -> Option<LogKind> {
        let name_of = |kind: LogKind| match kind {
            LogKind::Slow => b"slow".as_slice(),
            LogKind::LargeRequest => b"large-request",
            LogKind::LargeReply => b"large-reply",
        };
        LogKind::ALL.into_iter().find(|kind| name.eq_ignore_ascii_case(name_of(*kind)))
    }
}

/// One command.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// Its number, never used twice.
    pub id: u64,
    /// When it ran, in seconds since 1970.
    pub at_s: u64,
    /// Microseconds, or bytes.
    pub value: u64,
    /// Its words, shortened.
    pub words: Vec<Vec<u8>>,
    /// Address of its client.
    pub address: String,
    /// Name of its client.
    pub name: String,
}

#[derive(Debug, Default)]
struct Entries {
    next_id: u64,
    newest_first: VecDeque<LogEntry>,
}

/// The three logs.
#[derive(Debug, Default)]
pub struct CommandLog([Mutex<Entries>; 3]);

impl CommandLog {
    /// Adds an entry, whose id is set here, and drops the oldest ones above `most`.
    pub fn add(&self, kind: LogKind, mut entry: LogEntry, most: u64) {
        let mut entries = self.0[kind as usize].lock();
        entry.id = entries.next_id;
        entries.next_id += 1;
        entries.newest_first.push_front(entry);
        entries.newest_first.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    }

    /// The newest entries.
    pub fn newest(&self, kind: LogKind, count: usize) -> Vec<LogEntry> {
        self.0[kind as usize].lock().newest_first.iter().take(count).cloned().collect()
    }

    /// Number of entries.
    pub fn len(&self, kind: LogKind) -> usize {
        self.0[kind as usize].lock().newest_first.len()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self, kind: LogKind) -> bool {
        self.len(kind) == 0
    }

    /// Forgets all entries; their numbers are not used again.
    pub fn reset(&self, kind: LogKind) {
        self.0[kind as usize].lock().newest_first.clear();
    }
}

/// The words of a command as the logs keep them: not too many, not too long, no secrets.
pub fn shortened(command: &Command, args: Args<'_>) -> Vec<Vec<u8>> {
    let kept = if args.len() > ARGUMENTS_MAX { ARGUMENTS_MAX - 1 } else { args.len() };
    let mut words: Vec<Vec<u8>> = (0..kept)
        .map(|at| match redact::is_secret(command, args, at) {
            true => redact::PLACEHOLDER.to_vec(),
            false => shorten(args.at(at)),
        })
        .collect();
    if kept < args.len() {
        words.push(format!("... ({} more arguments)", args.len() - kept).into_bytes());
    }
    words
}

fn shorten(word: &[u8]) -> Vec<u8> {
    if word.len() <= ARGUMENT_BYTES_MAX {
        return word.to_vec();
    }
    let mut kept = word[..ARGUMENT_BYTES_MAX].to_vec();
    let more = word.len() - ARGUMENT_BYTES_MAX;
    kept.extend_from_slice(format!("... ({more} more bytes)").as_bytes());
    kept
}
