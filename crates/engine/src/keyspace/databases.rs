//! Changes of whole databases, shard by shard, while every shard is held.

use structures::Table;
use types::Value;

use super::effects::Garbage;
use super::handle::Keyspace;
use super::shard::{Shard, Shards};
use crate::watch::Presence;

impl Keyspace<'_> {
    /// Empties a database of the shard with this index, and tells who watches its keys. A snapshot
    /// that is being taken and not aborted gets the keys.
    pub fn flush_shard(&mut self, index: usize, db: u32) {
        let shards = self.locked.shards();
        let shard = self.locked.shard_at(index);
        if shard.existing_table(db).is_none() {
            return;
        }
        raise_watched(shard, (shards, self.mark.dead_up_to_ms), db, None);
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
        for (db, other) in [(a, b), (b, a)] {
            raise_watched(shard, (shards, self.mark.dead_up_to_ms), db, Some(other));
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

/// Fails the transactions for which keys of `db` change when database `new`, or none, takes its
/// place.
fn raise_watched(shard: &mut Shard, (shards, now_ms): (&Shards, u64), db: u32, new: Option<u32>) {
    let keys: Vec<Vec<u8>> = shard.watched.of_database(db).map(<[u8]>::to_vec).collect();
    for key in keys {
        let at = (shards, &*key, now_ms);
        let old = presence(shard.existing_table(db), at);
        let new = presence(new.and_then(|new| shard.existing_table(new)), at);
        shard.watched.replace(db, &key, (old, new));
    }
}

fn presence(
    table: Option<&Table<Value>>,
    (shards, key, now_ms): (&Shards, &[u8], u64),
) -> Presence {
    let entry = table.and_then(|table| table.get(shards.position(key), key));
    match entry.map(|entry| entry.expire_at_ms().is_some_and(|ms| ms <= now_ms)) {
        None => Presence::Absent,
        Some(true) => Presence::Expired,
        Some(false) => Presence::Alive,
    }
}
