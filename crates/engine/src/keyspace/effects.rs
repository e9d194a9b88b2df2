//! What a command did, collected while its shards are held: the log records, the events, the
//! keys that may serve blocked clients, and the memory to free after the locks.
//!
//! A worker has one of these and uses it for every command, so that nothing is allocated on the
//! common path.
//!
//! # Invariants
//!
//! 1. Between commands everything is empty.
//! 2. `records` is complete when the log is appended to, which happens before any lock goes.

use resp::Args;
use structures::OwnedEntry;
use structures::entry::Detached;
use types::Value;

use super::event::Event;

/// What waits to be freed when no lock is held.
pub enum Garbage {
    /// A key with its value.
    Entry(OwnedEntry<Value>),
    /// A value that was replaced.
    Value(Detached<Value>),
    /// A whole table.
    Table(structures::Table<Value>),
}

/// An event that is to be published.
#[derive(Debug)]
pub struct KeyEvent {
    /// What happened.
    pub event: Event,
    /// In which database.
    pub db: u32,
    /// To which key.
    pub key: Vec<u8>,
}

/// RESP commands with the databases they belong to.
#[derive(Debug, Default)]
pub struct Records {
    bytes: Vec<u8>,
    /// Where each record ends, and its database.
    ends: Vec<(usize, u32)>,
    /// Where units end, as numbers of records, but for the last.
    units: Vec<usize>,
}

impl Records {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Adds one command.
    pub fn push<'a>(&mut self, db: u32, args: impl ExactSizeIterator<Item = &'a [u8]>) {
        write_header(&mut self.bytes, b'*', args.len());
        for arg in args {
            write_header(&mut self.bytes, b'$', arg.len());
            self.bytes.extend_from_slice(arg);
            self.bytes.extend_from_slice(b"\r\n");
        }
        self.ends.push((self.bytes.len(), db));
    }

    /// What follows is a unit of its own.
    pub fn end_unit(&mut self) {
        if self.units.last() != Some(&self.ends.len()) {
            self.units.push(self.ends.len());
        }
    }

    /// The units, each of them its records with their databases.
    pub fn units(&self) -> impl Iterator<Item = impl ExactSizeIterator<Item = (u32, &[u8])>> {
        let mut first = 0;
        let ends = self.units.iter().copied().chain([self.ends.len()]);
        ends.map(move |end| {
            let unit = first..end;
            first = end;
            unit.map(|number| {
                let from = number.checked_sub(1).map_or(0, |before| self.ends[before].0);
                let (end, db) = self.ends[number];
                (db, &self.bytes[from..end])
            })
        })
    }

    fn clear(&mut self) {
        self.units.clear();
        self.bytes.clear();
        self.bytes.shrink_to(64 << 10);
        self.ends.clear();
    }
}

fn write_header(out: &mut Vec<u8>, sign: u8, n: usize) {
    out.push(sign);
    out.extend_from_slice(itoa::Buffer::new().format(n).as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// What the commands of one critical section did.
#[derive(Default)]
pub struct Effects {
    /// Changes so far, as `rdb_changes_since_last_save` counts them.
    pub dirty: u64,
    /// `dirty` when the command that runs now began.
    dirty_before: u64,
    /// Whether somebody reads the log.
    pub logging: bool,
    /// The command that runs now has said itself what is to be logged.
    rewritten: bool,
    /// What is to be logged.
    pub records: Records,
    /// Which events are published: `notify-keyspace-events` as bits.
    pub notify: u32,
    /// What is to be published.
    pub events: Vec<KeyEvent>,
    /// Keys that clients wait for and that now have something for them.
    pub ready: Vec<(u32, Vec<u8>)>,
    /// What is to be freed.
    pub garbage: Vec<Garbage>,
    /// Keys that were found expired.
    pub expired: u64,
    /// Whether a script or a transaction is one unit in the log.
    pub atomic: bool,
}

impl Effects {
    /// Logs these commands instead of the one that runs.
    pub fn propagate(&mut self, db: u32, args: &[&[u8]]) {
        self.rewritten = true;
        if self.logging {
            self.records.push(db, args.iter().copied());
        }
    }

    /// Logs nothing for the command that runs.
    pub fn propagate_nothing(&mut self) {
        self.rewritten = true;
    }

    /// Logs a removal that the command did not ask for, in front of it.
    pub fn log_removal(&mut self, db: u32, key: &[u8], lazy: bool) {
        if self.logging {
            let name: &[u8] = if lazy { b"UNLINK" } else { b"DEL" };
            self.records.push(db, [name, key].into_iter());
        }
    }

    /// Logs that fields of a hash have left without a command.
    pub fn log_fields_removal(&mut self, db: u32, key: &[u8], names: &[Vec<u8>]) {
        if self.logging {
            let mut words: Vec<&[u8]> = vec![b"HDEL", key];
            words.extend(names.iter().map(Vec::as_slice));
            self.records.push(db, words.into_iter());
        }
    }

    /// A command begins.
    #[inline]
    pub fn begin(&mut self) {
        self.dirty_before = self.dirty;
        self.rewritten = false;
    }

    /// Whether the command that runs has changed anything.
    #[inline]
    pub fn changed(&self) -> bool {
        self.dirty != self.dirty_before
    }

    /// A command ended: logs it as it came, if it changed something and said nothing else.
    #[inline]
    pub fn end(&mut self, db: u32, args: Args<'_>) {
        if self.logging && self.changed() && !self.rewritten {
            self.records.push(db, args.iter());
        }
        self.rewritten = false;
    }

    /// Notes an event, if its class is wanted.
    #[inline]
    pub fn note_event(&mut self, event: Event, db: u32, key: &[u8]) {
        if self.notify & event.class as u32 != 0 {
            self.events.push(KeyEvent { event, db, key: key.to_vec() });
        }
    }

    /// Forgets what is logged and published; the garbage stays.
    pub fn clear(&mut self) {
        self.dirty = 0;
        self.dirty_before = 0;
        self.rewritten = false;
        self.atomic = false;
        self.expired = 0;
        if !self.records.is_empty() {
            self.records.clear();
        }
        self.events.clear();
        self.ready.clear();
    }
}
