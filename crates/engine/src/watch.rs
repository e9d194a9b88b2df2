//! `WATCH`: a transaction fails when a key that it watches was changed.
//!
//! Each watching session has one flag; shards list the flags under the watched keys and raise them
//! while they are held. `EXEC` reads its flag when it holds the shards of all watched keys.

use std::sync::Arc;

use structures::sync::{AtomicBool, Ordering};

use crate::ctx::Ctx;
use crate::keyspace::shard::ByKey;

/// Raised when a watched key changed. Who raises it holds the key's shard, and `EXEC` reads it
/// under the same lock, which is what orders the two.
pub type WatchFlag = Arc<AtomicBool>;

/// What a session watches.
#[derive(Debug, Default)]
pub struct Watch {
    /// Raised by whoever changes one of the keys.
    pub dirty: WatchFlag,
    /// Databases and keys.
    pub keys: Vec<(u32, Box<[u8]>)>,
}

/// What is found under a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// Nothing.
    Absent,
    /// A value past its deadline, which was not removed yet.
    Expired,
    /// A value.
    Alive,
}

/// One who watches a key.
#[derive(Debug)]
pub struct Watcher {
    flag: WatchFlag,
    /// What is there had expired before anybody could see it under this key: its removal is no
    /// change.
    expired: bool,
    /// It is a `MIGRATE` that is taking the key away.
    migrates: bool,
}

/// Who watches the keys of one shard.
#[derive(Debug, Default)]
pub struct WatchTable(ByKey<Vec<Watcher>>);

impl WatchTable {
    /// Whether nobody watches anything.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a watcher of a key, which may have `expired` already without being removed.
    pub fn add(&mut self, db: u32, key: &[u8], flag: &WatchFlag, expired: bool) {
        let watcher = Watcher { flag: flag.clone(), expired, migrates: false };
        self.0.entry((db, key.into())).or_default().push(watcher);
    }

    /// Adds a `MIGRATE` that is taking a key away.
    pub fn add_migration(&mut self, db: u32, key: &[u8], flag: &WatchFlag) {
        let watcher = Watcher { flag: flag.clone(), expired: false, migrates: true };
        self.0.entry((db, key.into())).or_default().push(watcher);
    }

    /// Whether a `MIGRATE` is taking a key away.
    pub fn is_migrating(&self, db: u32, key: &[u8]) -> bool {
        let watchers = self.0.get(&(db, key.into()));
        watchers.is_some_and(|watchers| watchers.iter().any(|watcher| watcher.migrates))
    }

    /// Removes a watcher of a key.
    pub fn remove(&mut self, db: u32, key: &[u8], flag: &WatchFlag) {
        let at = (db, key.into());
        if let Some(flags) = self.0.get_mut(&at) {
            flags.retain(|other| !Arc::ptr_eq(&other.flag, flag));
            if flags.is_empty() {
                self.0.remove(&at);
            }
        }
    }

    /// Raises the flags of who watches a key.
    pub fn touch(&self, db: u32, key: &[u8]) {
        if let Some(watchers) = self.0.get(&(db, key.into())) {
            watchers.iter().for_each(Watcher::raise);
        }
    }

    /// Raises the flags of who watches a key that expired, unless it had when the watch began.
    pub fn touch_expired(&mut self, db: u32, key: &[u8]) {
        for watcher in self.0.get_mut(&(db, key.into())).into_iter().flatten() {
            if !std::mem::take(&mut watcher.expired) {
                watcher.raise();
            }
        }
    }

    /// Another database, or none, takes the place of that of a key: raises the flags of those for
    /// whom the key changes.
    pub fn replace(&mut self, db: u32, key: &[u8], (old, new): (Presence, Presence)) {
        for watcher in self.0.get_mut(&(db, key.into())).into_iter().flatten() {
            let unseen = watcher.expired || old == Presence::Absent;
            watcher.expired = unseen && new == Presence::Expired;
            if !unseen || new == Presence::Alive {
                watcher.raise();
            }
        }
    }

    /// Whether what has expired under a key counts as nothing for who watches it with this flag.
    pub fn ignores_expired(&self, db: u32, key: &[u8], flag: &WatchFlag) -> bool {
        let watchers = self.0.get(&(db, key.into())).into_iter().flatten();
        watchers.filter(|watcher| watcher.expired).any(|watcher| Arc::ptr_eq(&watcher.flag, flag))
    }

    /// The watched keys of a database.
    pub fn of_database(&self, db: u32) -> impl Iterator<Item = &[u8]> {
        self.0.keys().filter(move |(of, _)| *of == db).map(|(_, key)| &**key)
    }
}

impl Watcher {
    /// Says that the key has changed.
    pub fn raise(&self) {
        self.flag.store(true, Ordering::Release);
    }
}

/// Takes a client out of the lists of the keys that it watches, whose shards are held.
pub(crate) fn unwatch(ctx: &mut Ctx<'_>) {
    let Some(watch) = ctx.session.watch.take() else { return };
    for (db, key) in &watch.keys {
        let position = ctx.keys.position(key);
        ctx.keys.locked.shard(position).watched.remove(*db, key, &watch.dirty);
    }
    ctx.session.info.watched.set(0);
}
