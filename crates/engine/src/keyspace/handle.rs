//! How commands read and change keys.
//!
//! A handler gets a `Keyspace`: the shards of its keys, held, and one database of them. Reading
//! removes what has expired; changing tells everybody who must know (`touch`). There is no other
//! way to a key.
//!
//! HOT: on the path of every command; no system call, no clock, no allocation beyond the value's.

use resp::Reply;
use structures::entry::{Detached, EntryRef, Payload, Put};
use structures::{Blob, Position, Spot};
use types::{Kind, Value};

use super::effects::{Effects, Garbage};
use super::event::{Class, DEL, EXPIRE, EXPIRED, Event, MISS, NEW};
use super::locked::Locked;
use super::mark::AccessMark;
use super::touch::Touch;
use super::write::Write;
use crate::error::CommandError;
use crate::prefetch::Hints;
use crate::stats::Counters;

/// Values from this size on are freed, and copied to replies, outside the locks.
pub const LARGE_BYTES: usize = 16 << 10;

/// What becomes of a key's deadline when its value is replaced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deadline {
    /// It stays.
    Keep,
    /// It goes.
    Clear,
    /// It becomes this one, in milliseconds since 1970.
    At(u64),
}

/// A string value.
#[derive(Clone, Copy)]
pub enum Str<'a> {
    /// Short.
    Bytes(&'a [u8]),
    /// The decimal form of an integer.
    Int(i64),
    /// Long.
    Blob(&'a Blob),
}

impl<'a> Str<'a> {
    /// The bytes; `digits` lends the room for an integer's.
    #[inline]
    pub fn bytes(self, digits: &'a mut itoa::Buffer) -> &'a [u8] {
        match self {
            Str::Bytes(bytes) => bytes,
            Str::Int(value) => digits.format(value).as_bytes(),
            Str::Blob(blob) => blob,
        }
    }

    /// A copy of the bytes.
    pub fn to_vec(self) -> Vec<u8> {
        self.bytes(&mut itoa::Buffer::new()).to_vec()
    }

    /// Number of bytes.
    pub fn len(self) -> usize {
        self.bytes(&mut itoa::Buffer::new()).len()
    }

    /// Whether there are no bytes.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The integer that the bytes spell, if they do.
    #[inline]
    pub fn as_integer(self) -> Option<i64> {
        match self {
            Str::Int(value) => Some(value),
            Str::Bytes(bytes) => resp::number::parse_i64(bytes),
            Str::Blob(blob) => resp::number::parse_i64(blob),
        }
    }

    /// Replies with the string; a large one is shared, not copied.
    #[inline]
    pub fn reply(self, reply: &mut Reply<'_>) {
        match self {
            Str::Bytes(bytes) => reply.bulk(bytes),
            Str::Int(value) => reply.bulk(itoa::Buffer::new().format(value).as_bytes()),
            Str::Blob(blob) if blob.len() < LARGE_BYTES => reply.bulk(blob),
            Str::Blob(blob) => reply.shared_bulk(std::sync::Arc::new(blob.clone())),
        }
    }
}

/// The string of an entry, if its value is one.
#[inline]
pub fn string_of(entry: EntryRef<'_, Value>) -> Result<Str<'_>, CommandError> {
    match entry.payload() {
        Payload::Bytes(bytes) => Ok(Str::Bytes(bytes)),
        Payload::Int(value) => Ok(Str::Int(value)),
        Payload::Blob(blob) => Ok(Str::Blob(blob)),
        Payload::Object(_) => Err(CommandError::WrongType),
    }
}

/// The value of an entry, if it has this type.
#[inline]
pub fn object_of<T: Kind>(entry: EntryRef<'_, Value>) -> Result<&T, CommandError> {
    match entry.payload() {
        Payload::Object(value) => T::of(value).ok_or(CommandError::WrongType),
        _ => Err(CommandError::WrongType),
    }
}

/// A string on its way into an entry: as an integer where that says the same.
#[inline]
pub fn put_string<'a>(bytes: &'a [u8]) -> Put<'a, Value> {
    if let Some(b'-' | b'0'..=b'9') = bytes.first()
        && bytes.len() <= 20
        && let Some(value) = resp::number::parse_i64(bytes)
    {
        return Put::Int(value);
    }
    Put::Bytes(bytes)
}

/// One database of the shards that a command holds.
pub struct Keyspace<'a> {
    /// The shards.
    pub locked: Locked<'a>,
    /// The database.
    pub db: u32,
    /// The time of the command, in milliseconds since 1970.
    pub now_ms: u64,
    /// What the command does.
    pub effects: &'a mut Effects,
    /// How reads leave their mark.
    pub mark: AccessMark,
    /// Hits, misses and removals.
    pub counters: &'a Counters,
    /// The position of the key whose bytes are at this address, computed before.
    pub hints: Hints<'a>,
}

impl<'a> Keyspace<'a> {
    /// The position of a key.
    #[inline(always)]
    pub fn position(&self, key: &[u8]) -> Position {
        self.hints.find(key).unwrap_or_else(|| self.locked.shards().position(key))
    }

    /// Lets time pass within a command, which had to wait.
    pub fn advance(&mut self, ms: u64) {
        self.now_ms += ms;
        if self.mark.dead_up_to_ms > 0 {
            self.mark.dead_up_to_ms += ms;
        }
    }

    /// The entry of a key, without counting or marking the read.
    #[inline]
    pub fn peek(&mut self, key: &[u8]) -> Option<EntryRef<'_, Value>> {
        let position = self.position(key);
        self.peek_at(position, key)
    }

    #[inline(always)]
    fn peek_at(&mut self, position: Position, key: &[u8]) -> Option<EntryRef<'_, Value>> {
        let db = self.db;
        let table = self.locked.shard(position).existing_table(db)?;
        if table.expiring() == 0 {
            return self.locked.shard(position).existing_table(db)?.get(position, key);
        }
        let spot = self.find(position, key, self.mark.keep_expired)?;
        self.locked.shard(position).existing_table(db)?.at(spot)
    }

    /// Where a key is that is about to change; one that is past its deadline goes, also where
    /// reads would leave it.
    #[inline(always)]
    pub(super) fn find_to_write(&mut self, position: Position, key: &[u8]) -> Option<Spot> {
        self.find(position, key, false)
    }

    #[inline(always)]
    fn find(&mut self, position: Position, key: &[u8], keep_expired: bool) -> Option<Spot> {
        let table = self.locked.shard(position).existing_table(self.db)?;
        let spot = table.find(position, key)?;
        let expire_at_ms = table.at(spot)?.expire_at_ms();
        if expire_at_ms.is_some_and(|ms| ms <= self.mark.dead_up_to_ms) {
            if !keep_expired {
                self.expire(position, key);
            }
            return None;
        }
        Some(spot)
    }

    /// Whether a key is there, but past its deadline.
    pub fn has_expired(&mut self, db: u32, key: &[u8]) -> bool {
        let outer = std::mem::replace(&mut self.db, db);
        let position = self.position(key);
        let expired = self.is_expired(position, key);
        self.db = outer;
        expired
    }

    #[inline]
    fn is_expired(&mut self, position: Position, key: &[u8]) -> bool {
        let (db, dead_up_to_ms) = (self.db, self.mark.dead_up_to_ms);
        let entry = self.locked.shard(position).table(db).get(position, key);
        entry.is_some_and(|entry| entry.expire_at_ms().is_some_and(|ms| ms <= dead_up_to_ms))
    }

    #[cold]
    pub(super) fn expire(&mut self, position: Position, key: &[u8]) {
        let (db, lazy) = (self.db, self.mark.lazy_expire);
        let parts = self.locked.shard(position).parts(db);
        let (table, mut touch) = Touch::split(parts, db, self.effects);
        let Some(entry) = table.get_mut(position, key) else { return };
        touch.before(entry.entry());
        let entry = entry.remove();
        touch.note(key, EXPIRED);
        touch.wake(key);
        self.effects.garbage.push(Garbage::Entry(entry));
        self.effects.log_removal(db, key, lazy);
        self.effects.expired += 1;
    }

    /// The entry of a key, as a read: counted as a hit or miss, and marked as used.
    #[inline(always)]
    pub fn get(&mut self, key: &[u8]) -> Option<EntryRef<'_, Value>> {
        let (mark, counters) = (self.mark, self.counters);
        let entry = self.inspect(key)?;
        if !mark.no_touch {
            mark.used(entry, counters.hits.value());
        }
        Some(entry)
    }

    /// The entry of a key, counted as a hit or miss but not marked as used.
    #[inline(always)]
    pub fn inspect(&mut self, key: &[u8]) -> Option<EntryRef<'_, Value>> {
        let position = self.position(key);
        if self.effects.notify & Class::Miss as u32 != 0 {
            self.note_miss(position, key);
        }
        let counters = self.counters;
        let entry = self.peek_at(position, key);
        match entry {
            Some(_) => counters.hits.add(1),
            None => counters.misses.add(1),
        }
        entry
    }

    #[cold]
    fn note_miss(&mut self, position: Position, key: &[u8]) {
        if self.peek_at(position, key).is_none() {
            self.effects.note_event(MISS, self.db, key);
        }
    }

    /// The string of a key, as a read.
    #[inline(always)]
    pub fn string(&mut self, key: &[u8]) -> Result<Option<Str<'_>>, CommandError> {
        self.get(key).map(string_of).transpose()
    }

    /// The value of a key, as a read.
    pub fn read<T: Kind>(&mut self, key: &[u8]) -> Result<Option<&T>, CommandError> {
        self.get(key).map(object_of).transpose()
    }

    /// The value of a key, for changing; that marks it as used, but is no hit or miss.
    #[inline]
    pub fn write<'k, T: Kind>(
        &'k mut self,
        key: &'k [u8],
    ) -> Result<Option<Write<'k, T>>, CommandError> {
        let position = self.position(key);
        match self.find_to_write(position, key) {
            Some(spot) => self.write_at(position, spot, key).map(Some),
            None => Ok(None),
        }
    }

    /// The value of a key, for adding to; a new key gets an empty one, and must not be left so.
    #[inline]
    pub fn write_or_create<'k, T: Kind>(
        &'k mut self,
        key: &'k [u8],
    ) -> Result<Write<'k, T>, CommandError> {
        let position = self.position(key);
        let spot = match self.find_to_write(position, key) {
            Some(spot) => spot,
            None => self.create_empty::<T>(position, key),
        };
        self.write_at(position, spot, key)
    }

    #[inline(always)]
    fn write_at<'k, T: Kind>(
        &'k mut self,
        position: Position,
        spot: Spot,
        key: &'k [u8],
    ) -> Result<Write<'k, T>, CommandError> {
        let (db, mark) = (self.db, self.mark);
        let (table, touch) = Touch::split(self.locked.shard(position).parts(db), db, self.effects);
        let entry = table.at_mut(spot).expect("nothing changed since the key was found");
        object_of::<T>(entry.entry())?;
        if !mark.no_touch {
            mark.used(entry.entry(), self.counters.commands.value());
        }
        Ok(Write::new(entry, key, touch))
    }

    fn create_empty<T: Kind>(&mut self, position: Position, key: &[u8]) -> Spot {
        let (db, fresh) = (self.db, self.mark.fresh);
        let value = Box::new(T::default().into_value());
        let table = self.locked.shard(position).table(db);
        table.insert(position, key, Put::Object(value), None).set_access(fresh);
        self.effects.note_event(NEW, db, key);
        let table = self.locked.shard(position).table(db);
        table.find(position, key).expect("the key was just made")
    }

    /// Gives a key a value, whatever it held.
    #[inline]
    pub fn set(&mut self, key: &[u8], put: Put<'_, Value>, deadline: Deadline, event: Event) {
        let position = self.position(key);
        let (db, mark) = (self.db, self.mark);
        let parts = self.locked.shard(position).parts(db);
        let (table, mut touch) = Touch::split(parts, db, self.effects);
        let has_expired = 'found: {
            let Some(mut entry) = table.get_mut(position, key) else { break 'found false };
            let expire_at_ms = entry.entry().expire_at_ms();
            if expire_at_ms.is_none_or(|ms| ms > mark.dead_up_to_ms) {
                touch.before(entry.entry());
                discard(entry.replace(put), touch.effects);
                match deadline {
                    Deadline::Keep => {}
                    Deadline::Clear if expire_at_ms.is_none() => {}
                    Deadline::Clear => entry.set_expiry(None),
                    Deadline::At(ms) => entry.set_expiry(Some(ms)),
                }
                mark.used(entry.entry(), self.counters.commands.value());
                return touch.after(key, event);
            }
            true
        };
        if has_expired {
            self.expire(position, key);
        }
        let expire_at_ms = match deadline {
            Deadline::At(ms) => Some(ms),
            Deadline::Keep | Deadline::Clear => None,
        };
        self.create(position, key, (put, expire_at_ms), event);
    }

    /// Adds a key that is not there.
    pub(super) fn create(
        &mut self,
        position: Position,
        key: &[u8],
        (put, expire_at_ms): (Put<'_, Value>, Option<u64>),
        event: Event,
    ) {
        let db = self.db;
        let parts = self.locked.shard(position).parts(db);
        let (table, mut touch) = Touch::split(parts, db, self.effects);
        table.insert(position, key, put, expire_at_ms).set_access(self.mark.fresh);
        touch.effects.note_event(NEW, db, key);
        touch.after(key, event);
    }

    /// Sets or clears the deadline of a key that exists.
    pub fn set_expiry(&mut self, key: &[u8], expire_at_ms: Option<u64>, event: Event) -> bool {
        let position = self.position(key);
        let db = self.db;
        let parts = self.locked.shard(position).parts(db);
        let (table, mut touch) = Touch::split(parts, db, self.effects);
        let Some(mut entry) = table.get_mut(position, key) else { return false };
        touch.before(entry.entry());
        entry.set_expiry(expire_at_ms);
        touch.after(key, event);
        true
    }

    /// Notes that a key got a deadline together with its value: the event `expire`.
    pub fn note_expire(&mut self, key: &[u8]) {
        self.effects.note_event(EXPIRE, self.db, key);
    }

    /// Removes a key; it is freed after the locks.
    pub fn delete(&mut self, key: &[u8]) -> bool {
        self.delete_as(key, DEL)
    }

    /// Removes a key, with an event of its own.
    pub fn delete_as(&mut self, key: &[u8], event: Event) -> bool {
        let position = self.position(key);
        let Some(spot) = self.find_to_write(position, key) else { return false };
        let db = self.db;
        let parts = self.locked.shard(position).parts(db);
        let (table, mut touch) = Touch::split(parts, db, self.effects);
        let Some(entry) = table.at_mut(spot) else { return false };
        touch.before(entry.entry());
        let entry = entry.remove();
        touch.after(key, event);
        self.effects.garbage.push(Garbage::Entry(entry));
        true
    }
}

/// Drops what was replaced, now or, where that takes long, after the locks.
#[inline]
pub(super) fn discard(old: Detached<Value>, effects: &mut Effects) {
    match old {
        Detached::Inline => {}
        Detached::Blob(blob) if blob.len() < LARGE_BYTES => drop(blob),
        old => effects.garbage.push(Garbage::Value(old)),
    }
}
