//! `WATCH`: a transaction fails when a key that it watches was changed.
//!
//! Each watching session has one flag; shards list the flags under the watched keys and raise them
//! while they are held. `EXEC` reads its flag when it holds the shards of all watched keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::keyspace::shard::ByKey;

/// Raised when a watched key changed.
pub type WatchFlag = Arc<AtomicBool>;

/// What a session watches.
#[derive(Debug, Default)]
pub struct Watch {
    /// Raised by whoever changes one of the keys.
    pub dirty: WatchFlag,
    /// Databases and keys; a key that was expired already when the watch began is marked, as its
    /// removal is then no change.
    pub keys: Vec<(u32, Box<[u8]>, bool)>,
}

/// Who watches the keys of one shard.
#[derive(Debug, Default)]
pub struct WatchTable(ByKey<Vec<WatchFlag>>);

impl WatchTable {
    /// Whether nobody watches anything.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a watcher of a key.
    pub fn add(&mut self, db: u32, key: &[u8], flag: &WatchFlag) {
        self.0.entry((db, key.into())).or_default().push(flag.clone());
    }

    /// Removes a watcher of a key.
    pub fn remove(&mut self, db: u32, key: &[u8], flag: &WatchFlag) {
        let at = (db, key.into());
        if let Some(flags) = self.0.get_mut(&at) {
            flags.retain(|other| !Arc::ptr_eq(other, flag));
            if flags.is_empty() {
                self.0.remove(&at);
            }
        }
    }

    /// Raises the flags of who watches a key.
    pub fn touch(&self, db: u32, key: &[u8]) {
        if let Some(flags) = self.0.get(&(db, key.into())) {
            raise(flags);
        }
    }

    /// The watched keys of a database, with their flags.
    pub fn of_database(&self, db: u32) -> impl Iterator<Item = (&[u8], &[WatchFlag])> {
        let mine = self.0.iter().filter(move |((of, _), _)| *of == db);
        mine.map(|((_, key), flags)| (&**key, flags.as_slice()))
    }
}

/// Raises flags, so that the transactions fail that they belong to.
pub fn raise(flags: &[WatchFlag]) {
    flags.iter().for_each(|flag| flag.store(true, Ordering::Release));
}
