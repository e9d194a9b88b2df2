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

use structures::Blob;
use structures::entry::{EntryRef, Payload};
use types::Value;

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
