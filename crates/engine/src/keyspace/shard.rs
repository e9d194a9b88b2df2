//! A shard: all databases of one range of positions, and whatever else belongs to its keys.
//!
//! Plain single-threaded structures; the shard's lock is the only one needed to read or change a
//! key.

use std::collections::HashMap;
use std::sync::Arc;

use structures::{Position, PositionHasher, ShardLock, Table};
use types::Value;

use crate::blocking::WaitTable;
use crate::snapshot::ShardSnapshot;
use crate::watch::WatchTable;

/// A database and a key in it.
pub type DbKey = (u32, Box<[u8]>);
/// A map from keys of all databases.
pub type ByKey<T> = HashMap<DbKey, T>;

/// What one shard holds.
pub struct Shard {
    tables: Vec<Table<Value>>,
    hasher: Arc<PositionHasher>,
    index: usize,
    bits: u32,
    /// Transactions that watch keys.
    pub watched: WatchTable,
    /// Clients that wait for keys.
    pub waiting: WaitTable,
    /// The snapshot that is being taken.
    pub snapshot: Option<Box<ShardSnapshot>>,
    /// The epoch bit of entries that no running snapshot needs.
    pub epoch: bool,
    /// Log offset behind the last record that changed this shard.
    pub last_offset: u64,
}

impl Shard {
    fn new(hasher: Arc<PositionHasher>, index: usize, bits: u32) -> Shard {
        Shard {
            tables: Vec::new(),
            hasher,
            index,
            bits,
            watched: WatchTable::default(),
            waiting: WaitTable::default(),
            snapshot: None,
            epoch: false,
            last_offset: 0,
        }
    }

    /// The table of a database.
    #[inline]
    pub fn table(&mut self, db: u32) -> &mut Table<Value> {
        let db = db as usize;
        if db >= self.tables.len() {
            self.add_tables(db);
        }
        &mut self.tables[db]
    }

    #[cold]
    fn add_tables(&mut self, db: usize) {
        let Shard { hasher, index, bits, epoch, .. } = self;
        self.tables.resize_with(db + 1, || {
            let mut table = Table::new(hasher.clone(), *index, *bits);
            table.set_epoch(*epoch);
            table
        });
    }

    /// The table of a database, if it was ever used.
    #[inline]
    pub fn existing_table(&self, db: u32) -> Option<&Table<Value>> {
        self.tables.get(db as usize)
    }

    /// All tables, by database.
    pub fn tables_mut(&mut self) -> &mut [Table<Value>] {
        &mut self.tables
    }

    /// All tables, by database.
    pub fn tables(&self) -> &[Table<Value>] {
        &self.tables
    }

    /// Makes all entries unsaved, for a snapshot of this moment.
    pub fn begin_snapshot(&mut self) {
        self.epoch = !self.epoch;
        let epoch = self.epoch;
        self.tables.iter_mut().for_each(|table| table.set_epoch(epoch));
        self.snapshot = Some(Box::default());
    }

    /// Takes a database's table out and leaves an empty one.
    pub fn detach(&mut self, db: u32) -> Table<Value> {
        let mut empty = Table::new(self.hasher.clone(), self.index, self.bits);
        empty.set_epoch(self.epoch);
        std::mem::replace(self.table(db), empty)
    }

    /// Exchanges two databases.
    pub fn swap(&mut self, a: u32, b: u32) {
        self.table(a.max(b));
        self.tables.swap(a as usize, b as usize);
    }

    /// The parts that reading and changing one key needs, borrowed apart.
    #[inline]
    pub fn parts(&mut self, db: u32) -> ShardParts<'_> {
        self.table(db);
        ShardParts {
            table: &mut self.tables[db as usize],
            watched: &mut self.watched,
            waiting: &self.waiting,
            snapshot: &mut self.snapshot,
            epoch: self.epoch,
        }
    }
}

/// Parts of a shard, borrowed apart.
pub struct ShardParts<'a> {
    /// The database.
    pub table: &'a mut Table<Value>,
    /// Transactions that watch keys.
    pub watched: &'a mut WatchTable,
    /// Clients that wait for keys.
    pub waiting: &'a WaitTable,
    /// The snapshot that is being taken.
    pub snapshot: &'a mut Option<Box<ShardSnapshot>>,
    /// The shard's epoch bit.
    pub epoch: bool,
}

/// All shards; each is an equal range of the line of positions.
pub struct Shards {
    shards: Vec<ShardLock<Shard>>,
    bits: u32,
    hasher: Arc<PositionHasher>,
}

impl Shards {
    /// `1 << bits` empty shards.
    pub fn new(hasher: PositionHasher, bits: u32) -> Shards {
        let hasher = Arc::new(hasher);
        let shards = (0..1 << bits)
            .map(|index| ShardLock::new(Shard::new(hasher.clone(), index, bits)))
            .collect();
        Shards { shards, bits, hasher }
    }

    /// Number of shards.
    pub fn len(&self) -> usize {
        self.shards.len()
    }

    /// Never: there is at least one shard.
    pub fn is_empty(&self) -> bool {
        self.shards.is_empty()
    }

    /// The position of a key.
    #[inline]
    pub fn position(&self, key: &[u8]) -> Position {
        self.hasher.position(key)
    }

    /// The shard of a position.
    #[inline]
    pub fn index(&self, position: Position) -> usize {
        position.shard(self.bits)
    }

    /// First position of a shard.
    pub fn first(&self, index: usize) -> Position {
        Position((index as u64) << (structures::position::POSITION_BITS - self.bits))
    }

    /// The lock of a shard.
    #[inline]
    pub fn lock(&self, index: usize) -> &ShardLock<Shard> {
        &self.shards[index]
    }
}
