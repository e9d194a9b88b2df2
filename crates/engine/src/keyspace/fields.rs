//! Hashes whose fields have deadlines: how they are read, and how what is due leaves.
//!
//! Reads never show a field that is past its deadline, but remove none: that a walk over a large
//! hash finds a million of them is no reason to make its client wait. They leave in slices, as keys
//! do.

use structures::{Due, OwnedEntry};
use types::hash::Live;
use types::{Hash, Kind, Object, Value};

use super::effects::{Effects, Garbage};
use super::event::{Class, DEL, Event, event};
use super::handle::Keyspace;
use super::shard::ShardParts;
use super::touch::Touch;
use crate::error::CommandError;

/// Fields of one hash that leave at a time.
const FIELDS: usize = 256;

/// Fields left because they were due.
const FIELDS_EXPIRED: Event = event(Class::Expired, "hexpired");

/// What was taken out of a table.
#[derive(Default)]
pub(crate) struct Reaped {
    /// Keys past their deadlines; nobody was told of them yet.
    pub keys: Vec<OwnedEntry<Value>>,
    /// How many fields have left; everybody was told.
    pub fields: u64,
    /// Whether there is more.
    pub more: bool,
}

impl Keyspace<'_> {
    /// The hash of a key, as a read: what of it is not past its deadline.
    ///
    /// # Errors
    ///
    /// `WrongType`.
    #[inline]
    pub fn hash(&mut self, key: &[u8]) -> Result<Option<Live<'_>>, CommandError> {
        let dead_up_to_ms = self.mark.dead_up_to_ms;
        Ok(self.read::<Hash>(key)?.map(|hash| hash.live(dead_up_to_ms)))
    }
}

/// Takes out of a table what is due, keys and fields, until about `limit` entries were looked at.
pub(crate) fn reap(
    parts: ShardParts<'_>,
    db: u32,
    effects: &mut Effects,
    (now_ms, limit): (u64, usize),
) -> Reaped {
    let (table, mut touch) = Touch::split(parts, db, effects);
    let (mut keys, mut fields) = (Vec::new(), 0);
    let more = table.expire_due(now_ms, limit, &mut |due| match due {
        Due::Key(entry) => {
            keys.push(entry);
            false
        }
        Due::Parts(entry) => {
            touch.before(entry.entry());
            let Some(hash) = entry.object_mut().and_then(Hash::of_mut) else { return false };
            let names = hash.take_due(now_ms, FIELDS);
            let emptied = hash.is_empty();
            fields += names.len() as u64;
            let key = entry.entry().key();
            touch.note(key, FIELDS_EXPIRED);
            touch.effects.log_fields_removal(db, key, &names);
            emptied
        }
        Due::Emptied(entry) => {
            touch.note(entry.entry().key(), DEL);
            touch.effects.garbage.push(Garbage::Entry(entry));
            false
        }
    });
    Reaped { keys, fields, more }
}
