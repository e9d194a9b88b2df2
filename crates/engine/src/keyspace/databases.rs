//! Changes of whole databases, shard by shard, while every shard is held.

use structures::Table;
use types::Value;

use super::effects::Garbage;
use super::handle::Keyspace;
use super::shard::{Shard, Shards};

impl Keyspace<'_> {
    /// Empties a database of the shard with this index, and tells who watches its keys. A snapshot
    /// that is being taken and not aborted gets the keys.
    pub fn flush_shard(&mut self, index: usize, db: u32) {
        let shards = self.locked.shards();
        let shard = self.locked.shard_at(index);
        if shard.existing_table(db).is_none() {
            return;
        }
        raise_watched(shard, (shards, self.now_ms), db, &[db]);
        let table = shard.detach(db);
        // Who waits in the name of a stream's group gets to know that it is gone.
        let waited = shard.waiting.keys_of_database(db).map(|key| (db, key.to_vec()));
        self.effects.ready.extend(waited);
        self.effects.dirty += table.len() as u64;
        match &mut shard.snapshot {
            Some(snapshot) if !snapshot.aborted => {
                let db = snapshot.database(db);
                snapshot.detached.push((db, table));
                return;
            }
            Some(_) | None => {}
        }
        if !table.is_empty() {
            self.effects.garbage.push(Garbage::Table(table));
        }
    }

    /// Exchanges two databases of the shard with this index. Clients keep the number of theirs, so
    /// who watches or waits for a key may now have another one.
    pub fn swap_shard(&mut self, index: usize, a: u32, b: u32) {
        let shards = self.locked.shards();
        let shard = self.locked.shard_at(index);
        for db in [a, b] {
            raise_watched(shard, (shards, self.now_ms), db, &[a, b]);
        }
        shard.swap(a, b);
        if let Some(snapshot) = &mut shard.snapshot {
            snapshot.swap(a, b);
        }
        for db in [a, b] {
            let waited = shard.waiting.keys_of_database(db).map(|key| (db, key.to_vec()));
            self.effects.ready.extend(waited);
        }
    }
}

/// Fails the transactions that watch keys of `db` which are in one of these databases.
fn raise_watched(shard: &mut Shard, (shards, now_ms): (&Shards, u64), db: u32, databases: &[u32]) {
    let keys: Vec<Vec<u8>> = shard.watched.of_database(db).map(<[u8]>::to_vec).collect();
    for key in keys {
        let alive = |db: &u32| is_there(shard.existing_table(*db), shards, (&key, now_ms));
        if databases.iter().any(alive) {
            shard.watched.touch(db, &key);
        } else if databases == [db] && is_there(shard.existing_table(db), shards, (&key, 0)) {
            shard.watched.touch_expired(db, &key);
        }
    }
}

/// Whether a key is in a table with no deadline up to `now_ms`.
fn is_there(table: Option<&Table<Value>>, shards: &Shards, (key, now_ms): (&[u8], u64)) -> bool {
    let entry = table.and_then(|table| table.get(shards.position(key), key));
    entry.is_some_and(|entry| entry.expire_at_ms().is_none_or(|ms| ms > now_ms))
}
