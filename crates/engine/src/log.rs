//! The one log: every change as RESP commands, in the order in which clients saw them.
//!
//! Records are appended while the shards that they changed are held, so there is one total order
//! and it agrees with what clients saw. Readers (a replica's feed; the append-only file) follow
//! with cursors of their own. While nobody reads, nothing is written.
//!
//! # Invariants
//!
//! 1. Offsets count bytes from the first one ever logged, and never go back.
//! 2. `active` changes only while every shard is held, so a command sees one value of it.
//! 3. The first record behind a cut, and the first of another database, begins with `SELECT`.
//! 4. The log's lock is the last one taken; nothing is waited for under it.
//! 5. While the log is not active, no reply waits.

use std::collections::{BTreeMap, VecDeque};

use structures::LogMarks;
use structures::sync::Mutex;

use crate::keyspace::effects::Records;

const CHUNK_BYTES: usize = 64 << 10;

/// The log, in memory.
#[derive(Debug, Default)]
pub struct Log {
    marks: LogMarks,
    tail: Mutex<Tail>,
}

#[derive(Debug, Default)]
struct Tail {
    /// The database of the last record; none after a cut.
    db: Option<u32>,
    chunks: VecDeque<Chunk>,
    /// Where each reader is, by reader id.
    readers: BTreeMap<u64, u64>,
}

#[derive(Debug)]
struct Chunk {
    start: u64,
    bytes: Vec<u8>,
}

impl Log {
    /// An empty log that nobody reads and no reply waits for.
    pub fn new() -> Log {
        Log::default()
    }

    /// Whether somebody reads the log.
    #[inline]
    pub fn is_active(&self) -> bool {
        self.marks.is_active()
    }

    /// The offset behind the last record.
    pub fn end(&self) -> u64 {
        self.marks.end()
    }

    /// The offset up to which replies may leave.
    #[inline]
    pub fn watermark(&self) -> u64 {
        self.marks.released()
    }

    /// Lets replies leave up to an offset.
    pub fn release(&self, offset: u64) {
        self.marks.release(offset);
    }

    /// Adds a reader at the end of the log, from a cut on. The caller holds every shard.
    pub fn attach(&self, reader: u64) -> u64 {
        let mut tail = self.tail.lock();
        let end = self.marks.end();
        tail.db = None;
        tail.readers.insert(reader, end);
        self.marks.start();
        end
    }

    /// Removes a reader. The log is still written until `stop_if_unread`.
    pub fn detach(&self, reader: u64) {
        let mut tail = self.tail.lock();
        tail.readers.remove(&reader);
        if tail.readers.is_empty() {
            tail.chunks = VecDeque::new();
        }
    }

    /// Whether the log is written and nobody reads it.
    pub fn is_unread(&self) -> bool {
        self.is_active() && self.tail.lock().readers.is_empty()
    }

    /// Stops logging where nobody reads any more: no reply waits from then on. The caller holds
    /// every shard.
    pub fn stop_if_unread(&self) {
        let mut tail = self.tail.lock();
        if tail.readers.is_empty() {
            tail.chunks = VecDeque::new();
            self.marks.stop();
        }
    }

    /// The readers there are.
    pub fn readers(&self) -> Vec<u64> {
        self.tail.lock().readers.keys().copied().collect()
    }

    /// Appends records, several of an atomic unit between `MULTI` and `EXEC`. Gives the offset
    /// behind them. The caller holds the shards that they changed.
    pub fn append(&self, records: &Records, atomic: bool) -> u64 {
        let mut tail = self.tail.lock();
        for unit in records.units() {
            let wrapped = atomic && unit.len() > 1;
            if wrapped {
                tail.write(b"*1\r\n$5\r\nMULTI\r\n", &self.marks);
            }
            for (db, record) in unit {
                tail.select(db, &self.marks);
                tail.write(record, &self.marks);
            }
            if wrapped {
                tail.write(b"*1\r\n$4\r\nEXEC\r\n", &self.marks);
            }
        }
        if tail.readers.is_empty() {
            tail.chunks.clear();
        }
        self.marks.end()
    }

    /// Appends bytes that are no change: `PING`, `REPLCONF GETACK`.
    pub fn append_raw(&self, bytes: &[u8]) -> u64 {
        let mut tail = self.tail.lock();
        if tail.readers.is_empty() {
            return self.end();
        }
        tail.write(bytes, &self.marks);
        self.marks.end()
    }

    /// Gives a reader up to `limit` bytes from where it is, and moves it on.
    pub fn read(&self, reader: u64, limit: usize, out: &mut dyn FnMut(&[u8])) -> usize {
        let mut tail = self.tail.lock();
        let Some(&from) = tail.readers.get(&reader) else { return 0 };
        let mut at = from;
        for chunk in &tail.chunks {
            let taken = (at - from) as usize;
            if at < chunk.start || taken >= limit {
                continue;
            }
            let skip = (at - chunk.start) as usize;
            let Some(rest) = chunk.bytes.get(skip..).filter(|rest| !rest.is_empty()) else {
                continue;
            };
            let part = &rest[..rest.len().min(limit - taken)];
            out(part);
            at += part.len() as u64;
        }
        tail.readers.insert(reader, at);
        tail.trim();
        (at - from) as usize
    }

    /// Bytes of memory for what readers have yet to take.
    pub fn held_bytes(&self) -> usize {
        let chunks = &self.tail.lock().chunks;
        let slots = chunks.capacity() * size_of::<Chunk>();
        slots + chunks.iter().map(|chunk| chunk.bytes.capacity()).sum::<usize>()
    }

    /// Bytes that readers have yet to take.
    pub fn pending(&self, reader: u64) -> u64 {
        let tail = self.tail.lock();
        tail.readers.get(&reader).map_or(0, |at| self.end() - at)
    }
}

impl Tail {
    fn select(&mut self, db: u32, marks: &LogMarks) {
        if self.db != Some(db) {
            self.db = Some(db);
            let digits = db.to_string();
            let select = format!("*2\r\n$6\r\nSELECT\r\n${}\r\n{digits}\r\n", digits.len());
            self.write(select.as_bytes(), marks);
        }
    }

    fn write(&mut self, bytes: &[u8], marks: &LogMarks) {
        let start = marks.end();
        let full = self.chunks.back().is_none_or(|chunk| chunk.bytes.len() >= CHUNK_BYTES);
        if full {
            self.chunks.push_back(Chunk { start, bytes: Vec::with_capacity(CHUNK_BYTES) });
        }
        if let Some(chunk) = self.chunks.back_mut() {
            chunk.bytes.extend_from_slice(bytes);
        }
        marks.advance(bytes.len());
    }

    /// Drops the chunks that every reader has taken.
    fn trim(&mut self) {
        let slowest = self.readers.values().copied().min().unwrap_or(u64::MAX);
        while let Some(chunk) = self.chunks.front()
            && chunk.start + chunk.bytes.len() as u64 <= slowest
            && self.chunks.len() > 1
        {
            self.chunks.pop_front();
        }
    }
}
