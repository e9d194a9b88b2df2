//! Point-in-time copies without a fork: the part that lives in the shards.
//!
//! Every entry carries one epoch bit. Starting a snapshot flips the shard's bit, so that all
//! entries count as unsaved at once and nothing is walked. The sweep saves entries in position
//! order and flips their bits; whoever changes or removes an unsaved entry first hands the old
//! one over. New entries are born with the new bit and do not belong to the snapshot.
//!
//! # Invariants
//!
//! 1. While `Shard::snapshot` is `Some`, an entry is unsaved if and only if its bit differs from
//!    the shard's.
//! 2. Without a snapshot all bits equal the shard's: an aborted sweep goes on without saving.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use persistence::rdb::{self, Format, Saved};
use structures::Blob;
use structures::entry::{EntryRef, Payload};
use types::{Object, Value};

/// A value as a snapshot holds it.
#[derive(Clone, Debug)]
pub enum SavedValue {
    /// A short string.
    Bytes(Box<[u8]>),
    /// The decimal form of an integer.
    Int(i64),
    /// A long string, shared with the keyspace.
    Blob(Blob),
    /// Any other value.
    Object(Value),
}

/// A key as it was when the snapshot began.
#[derive(Clone, Debug)]
pub struct SavedEntry {
    /// The database that it belonged to.
    pub db: u32,
    /// The key.
    pub key: Box<[u8]>,
    /// Its deadline.
    pub expire_at_ms: Option<u64>,
    /// Its value.
    pub value: SavedValue,
}

/// What a shard keeps for the snapshot that is being taken.
#[derive(Default)]
pub struct ShardSnapshot {
    /// Entries that were changed before the sweep reached them.
    pub handed_over: Vec<SavedEntry>,
    /// Tables that left the keyspace before the sweep reached them, with their databases.
    pub detached: Vec<(u32, structures::Table<Value>)>,
    /// Which database each index stood for when the snapshot began, where `SWAPDB` changed it.
    pub databases: Vec<u32>,
    /// Nobody wants the entries any more; only their bits are set right.
    pub aborted: bool,
    /// `SWAPDB` may have put unsaved entries behind the sweep, which then begins again.
    pub swapped: bool,
}

impl ShardSnapshot {
    /// Keeps an entry that is about to change.
    pub fn hand_over(&mut self, db: u32, entry: EntryRef<'_, Value>) {
        if !self.aborted {
            let db = self.database(db);
            self.handed_over.push(SavedEntry::of(db, entry));
        }
    }

    /// The database that `db` stood for when the snapshot began.
    pub fn database(&self, db: u32) -> u32 {
        self.databases.get(db as usize).copied().unwrap_or(db)
    }

    /// Follows a `SWAPDB`.
    pub fn swap(&mut self, a: u32, b: u32) {
        self.swapped = true;
        let most = a.max(b) as usize;
        for db in self.databases.len()..=most {
            self.databases.push(db as u32);
        }
        self.databases.swap(a as usize, b as usize);
    }
}

impl SavedEntry {
    /// A copy of an entry; a long string is shared.
    pub fn of(db: u32, entry: EntryRef<'_, Value>) -> SavedEntry {
        let value = match entry.payload() {
            Payload::Bytes(bytes) => SavedValue::Bytes(bytes.into()),
            Payload::Int(value) => SavedValue::Int(value),
            Payload::Blob(blob) => SavedValue::Blob(blob.clone()),
            Payload::Object(value) => SavedValue::Object(value.clone()),
        };
        SavedEntry { db, key: entry.key().into(), expire_at_ms: entry.expire_at_ms(), value }
    }
}

/// Values with more elements or bytes, and strings with more bytes, than these are left to the
/// writer.
const LARGE: usize = 1024;
const LARGE_VALUE_BYTES: usize = 256 << 10;
const LARGE_BYTES: usize = 64 << 10;

/// What a sweep has for the file.
#[derive(Default)]
pub struct SavedPart {
    /// Entries, with their database in front.
    pub bytes: Vec<u8>,
    /// Entries with large values, which take their time.
    pub large: Vec<SavedEntry>,
    /// How what needs more than version 11 is written.
    pub format: Format,
    /// The database that the last entry belongs to.
    selected: Option<u32>,
}

impl SavedPart {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.large.is_empty()
    }

    /// Adds an entry of the keyspace as it is.
    pub(crate) fn add(&mut self, db: u32, entry: EntryRef<'_, Value>) {
        if is_large(saved(entry)) {
            return self.large.push(SavedEntry::of(db, entry));
        }
        self.write((db, entry.key()), saved(entry), entry.expire_at_ms());
    }

    /// Adds an entry that was handed over.
    pub(crate) fn add_saved(&mut self, entry: SavedEntry) {
        let value = entry.value.as_saved();
        if is_large(value) {
            return self.large.push(entry);
        }
        self.write((entry.db, &entry.key), value, entry.expire_at_ms);
    }

    fn write(&mut self, (db, key): (u32, &[u8]), value: Saved<'_>, expire_at_ms: Option<u64>) {
        if self.selected != Some(db) {
            self.selected = Some(db);
            rdb::select(&mut self.bytes, db);
        }
        rdb::write_entry(&mut self.bytes, key, value, expire_at_ms, self.format);
    }
}

impl SavedEntry {
    /// Writes the entry, of another database than the one before it, a piece at a time.
    ///
    /// # Errors
    ///
    /// What `add` gives; it gets the pieces.
    pub fn write<E>(
        &self,
        format: Format,
        mut add: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let (value, mut out) = (self.value.as_saved(), Vec::new());
        rdb::select(&mut out, self.db);
        rdb::write_entry_head(&mut out, &self.key, value, self.expire_at_ms, format);
        let mut at = Some(0);
        while let Some(from) = at {
            at = rdb::write_some(&mut out, value, from, format);
            if out.len() >= LARGE_BYTES || at.is_none() {
                add(&out)?;
                out.clear();
            }
        }
        Ok(())
    }

    /// The value, if it is to be let go of bit by bit.
    pub fn into_object(self) -> Option<Value> {
        match self.value {
            SavedValue::Object(value) => Some(value),
            SavedValue::Bytes(_) | SavedValue::Int(_) | SavedValue::Blob(_) => None,
        }
    }
}

fn is_large(value: Saved<'_>) -> bool {
    match value {
        Saved::Bytes(bytes) => bytes.len() > LARGE_BYTES,
        Saved::Int(_) => false,
        Saved::Object(value) => value.len() > LARGE || value.allocated() > LARGE_VALUE_BYTES,
    }
}

impl SavedValue {
    fn as_saved(&self) -> Saved<'_> {
        match self {
            SavedValue::Bytes(bytes) => Saved::Bytes(bytes),
            SavedValue::Int(value) => Saved::Int(*value),
            SavedValue::Blob(blob) => Saved::Bytes(blob),
            SavedValue::Object(value) => Saved::Object(value),
        }
    }
}

/// The value of an entry, as the codecs take it.
pub(crate) fn saved(entry: EntryRef<'_, Value>) -> Saved<'_> {
    match entry.payload() {
        Payload::Bytes(bytes) => Saved::Bytes(bytes),
        Payload::Int(value) => Saved::Int(value),
        Payload::Blob(blob) => Saved::Bytes(blob),
        Payload::Object(value) => Saved::Object(value),
    }
}

/// The snapshot that runs, and how the last one ended.
///
/// What a sweep depends on (the epochs, the handed over entries) lies in the shards and is ordered
/// by their locks, and its bytes go through a channel. These words only say that there is something
/// to do, or are statistics.
#[derive(Debug)]
pub struct Snapshots {
    /// Counts snapshots; a worker that has swept for an older one begins.
    pub generation: AtomicU64,
    /// Workers that have yet to finish their part.
    sweeping: AtomicU32,
    /// From the cut until the file is complete.
    running: AtomicBool,
    /// Somebody wants it to end without a file.
    pub cancelled: AtomicBool,
    /// When it began, in milliseconds since 1970.
    pub started_ms: AtomicU64,
    /// How long the last one took, in milliseconds; `u64::MAX` before the first.
    pub last_duration_ms: AtomicU64,
    /// Whether the last one succeeded.
    pub last_succeeded: AtomicBool,
    /// Snapshots completed.
    pub completed: AtomicU64,
    /// Changes at the cut.
    pub dirty_at_cut: AtomicU64,
    /// The version of the format that the values at the cut need.
    pub version: AtomicU32,
}

impl Default for Snapshots {
    fn default() -> Self {
        Snapshots {
            generation: AtomicU64::new(0),
            sweeping: AtomicU32::new(0),
            running: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            started_ms: AtomicU64::new(0),
            last_duration_ms: AtomicU64::new(u64::MAX),
            last_succeeded: AtomicBool::new(true),
            completed: AtomicU64::new(0),
            dirty_at_cut: AtomicU64::new(0),
            version: AtomicU32::new(rdb::VERSION),
        }
    }
}

impl Snapshots {
    /// Whether a snapshot is being taken.
    pub fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire)
    }

    /// How what needs more than version 11 is written.
    pub(crate) fn format(&self) -> Format {
        let version = self.version.load(Ordering::Relaxed);
        if version == Format::Redis.version() { Format::Redis } else { Format::Valkey }
    }

    /// Notes the cut; the caller holds every shard and has marked it. False where one runs.
    pub(crate) fn begin(&self, workers: usize, now_ms: u64, dirty: u64) {
        self.sweeping.store(workers as u32, Ordering::Relaxed);
        self.started_ms.store(now_ms, Ordering::Relaxed);
        self.dirty_at_cut.store(dirty, Ordering::Relaxed);
        self.cancelled.store(false, Ordering::Relaxed);
        self.running.store(true, Ordering::Release);
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// A worker has swept all its shards; whether it was the last one.
    pub(crate) fn worker_done(&self) -> bool {
        self.sweeping.fetch_sub(1, Ordering::AcqRel) == 1
    }

    /// The file is complete, or was given up.
    pub(crate) fn end(&self, succeeded: bool, now_ms: u64) {
        let took = now_ms.saturating_sub(self.started_ms.load(Ordering::Relaxed));
        self.last_duration_ms.store(took, Ordering::Relaxed);
        self.last_succeeded.store(succeeded, Ordering::Relaxed);
        self.completed.fetch_add(u64::from(succeeded), Ordering::Relaxed);
        self.running.store(false, Ordering::Release);
    }
}
