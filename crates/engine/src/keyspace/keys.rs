//! Changes of whole keys: removed before their time, moved, copied.

use structures::Blob;
use structures::entry::{Detached, EntryRef, Payload, Put};
use types::Value;

use super::event::{EXPIRED, Event};
use super::handle::{Deadline, Keyspace};
use super::touch::Touch;

/// A value that is in no entry.
pub enum Loose {
    /// A short string.
    Bytes(Box<[u8]>),
    /// The decimal form of an integer.
    Int(i64),
    /// A long string.
    Blob(Blob),
    /// Any other value.
    Object(Box<Value>),
}

/// A value and its deadline, on the way to another key.
pub struct Parcel {
    /// The value.
    pub value: Loose,
    /// When it expires, in milliseconds since 1970.
    pub expire_at_ms: Option<u64>,
}

impl Loose {
    /// A copy of an entry's value; a long string is shared.
    fn copy_of(entry: EntryRef<'_, Value>) -> Loose {
        match entry.payload() {
            Payload::Bytes(bytes) => Loose::Bytes(bytes.into()),
            Payload::Int(value) => Loose::Int(value),
            Payload::Blob(blob) => Loose::Blob(blob.clone()),
            Payload::Object(value) => Loose::Object(Box::new(value.clone())),
        }
    }

    fn into_put(self, room: &mut Box<[u8]>) -> Put<'_, Value> {
        match self {
            Loose::Bytes(bytes) => {
                *room = bytes;
                Put::Bytes(room)
            }
            Loose::Int(value) => Put::Int(value),
            Loose::Blob(blob) => Put::Blob(blob),
            Loose::Object(value) => Put::Object(value),
        }
    }
}

impl Keyspace<'_> {
    /// A copy of a key's value and deadline, as a read.
    pub fn copy(&mut self, key: &[u8]) -> Option<Parcel> {
        let entry = self.get(key)?;
        Some(Parcel { value: Loose::copy_of(entry), expire_at_ms: entry.expire_at_ms() })
    }

    /// Takes a key out, value and deadline. Who counts the change is whoever puts them elsewhere.
    pub fn take(&mut self, key: &[u8], event: Event) -> Option<Parcel> {
        let position = self.position(key);
        let spot = self.find_to_write(position, key)?;
        let db = self.db;
        let (table, mut touch) =
            Touch::split(self.locked.shard(position).parts(db), db, self.effects);
        let entry = table.at_mut(spot)?;
        touch.before(entry.entry());
        let entry = entry.remove();
        touch.note(key, event);
        let expire_at_ms = entry.entry().expire_at_ms();
        let inline = match entry.entry().payload() {
            Payload::Bytes(bytes) => Some(Loose::Bytes(bytes.into())),
            Payload::Int(value) => Some(Loose::Int(value)),
            Payload::Blob(_) | Payload::Object(_) => None,
        };
        let value = match entry.into_value() {
            Detached::Inline => inline.expect("what lies in its entry was copied"),
            Detached::Blob(blob) => Loose::Blob(blob),
            Detached::Object(value) => Loose::Object(value),
        };
        Some(Parcel { value, expire_at_ms })
    }

    /// Gives a key what was taken or copied, in place of whatever it held.
    pub fn place(&mut self, key: &[u8], parcel: Parcel, event: Event) {
        let deadline = parcel.expire_at_ms.map_or(Deadline::Clear, Deadline::At);
        let mut room = Box::default();
        self.set(key, parcel.value.into_put(&mut room), deadline, event);
    }

    /// Removes a key whose new deadline is past, and logs that instead of the command.
    pub fn remove_as_expired(&mut self, key: &[u8]) {
        if self.delete_as(key, EXPIRED) {
            self.effects.expired += 1;
            let name: &[u8] = if self.mark.lazy_expire { b"UNLINK" } else { b"DEL" };
            self.effects.propagate(self.db, &[name, key]);
        }
    }

    /// Whether a deadline that a command gives means that the key goes at once.
    pub fn is_past(&self, expire_at_ms: u64) -> bool {
        expire_at_ms <= self.now_ms && !self.mark.keep_expired
    }
}
