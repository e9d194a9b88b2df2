//! What XREAD, XREADGROUP and the serving of those who wait for streams have in common.

use std::sync::Arc;

use resp::{Protocol, Reply};
use types::Stream;
use types::stream::{Entry, Id};

use super::long_reading::{leave_range, reply_range};
use super::replies::{entry_bytes, reply_entry, reply_key};
use crate::commands::long_reply;
use crate::engine::Engine;
use crate::error::CommandError;
use crate::keyspace::handle::Keyspace;

/// How much is returned at most.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    /// Entries of each stream.
    pub each: usize,
    /// Entries of all streams together.
    pub total: usize,
    /// Bytes of all entries together, as they are replied; the first entry may have more.
    pub bytes: u64,
}

impl Amount {
    /// Everything.
    pub const ALL: Amount = Amount { each: usize::MAX, total: usize::MAX, bytes: u64::MAX };

    /// Whether nothing more is to be returned.
    pub fn is_used_up(&self) -> bool {
        self.total == 0 || self.bytes == 0
    }

    /// How many of so many entries are returned, if that is more than are written at once.
    fn long(&self, there: usize) -> Option<usize> {
        let count = there.min(self.each).min(self.total);
        (self.bytes == u64::MAX && count > long_reply::SHORT).then_some(count)
    }

    /// As `long`, of the entries of a stream behind an id; they are not looked at one by one.
    fn long_behind(&self, stream: &Stream, id: Id) -> Option<usize> {
        self.long(stream.len())?;
        self.long(id.next().map_or(0, |from| stream.count(from, Id::MAX)))
    }

    /// Replies with entries while there is room: `show` writes one of them, and `measure` tells how
    /// many bytes it would be. From where the reply becomes long the rest is counted and left to
    /// the caller. Gives how many entries are written, and how many there are.
    pub(super) fn reply_list<T>(
        &mut self,
        reply: &mut Reply<'_>,
        entries: impl Iterator<Item = T>,
        mut show: impl FnMut(&mut Reply<'_>, &T),
        measure: impl Fn(&T) -> u64,
    ) -> (usize, usize) {
        let (list, begun) = (reply.defer_array(), reply.position());
        let (mut written, mut count, limited) = (0, 0, self.bytes != u64::MAX);
        for entry in entries.take(self.each.min(self.total)) {
            let at = reply.position();
            let shows = written == count && long_reply::is_short(count + 1, at - begun);
            if shows {
                show(reply, &entry);
                written += 1;
            }
            count += 1;
            if limited {
                let bytes = if shows { reply.position() - at } else { measure(&entry) };
                self.bytes = self.bytes.saturating_sub(bytes);
                if self.bytes == 0 {
                    break;
                }
            }
        }
        self.total -= count;
        reply.resolve(list, count);
        (written, count)
    }
}

/// The entries behind an id.
pub(super) fn behind(stream: &Stream, id: Id) -> impl Iterator<Item = Entry<'_>> {
    id.next().into_iter().flat_map(|from| stream.range(from, Id::MAX))
}

/// Whether a stream has entries behind an id.
pub fn has_entries_behind(stream: &Stream, id: Id) -> bool {
    stream.last().is_some_and(|last| last.id > id)
}

/// The list of streams that a reply is.
pub(super) fn begin(reply: &mut Reply<'_>) -> resp::Deferred {
    match reply.protocol() {
        Protocol::Resp2 => reply.defer_array(),
        Protocol::Resp3 => reply.defer_map(),
    }
}

/// Replies with the entries of a stream behind an id, of which there are some, under its key.
///
/// # Errors
///
/// `WrongType`.
pub(super) fn read_one(
    keys: &mut Keyspace<'_>,
    reply: &mut Reply<'_>,
    (key, after): (&[u8], Id),
    amount: &mut Amount,
    engine: &Arc<Engine>,
) -> Result<(), CommandError> {
    let Some(stream) = keys.read::<Stream>(key)? else { return Ok(()) };
    reply_key(reply, key);
    if let Some(count) = amount.long_behind(stream, after) {
        amount.total -= count;
        let range = (after.next().unwrap_or(Id::MAX), Id::MAX);
        reply_range(reply, engine, (stream, count), range, false);
        return Ok(());
    }
    let mut last = after;
    let show = |reply: &mut Reply<'_>, entry: &Entry<'_>| {
        reply_entry(reply, entry);
        last = entry.id;
    };
    let (written, count) = amount.reply_list(reply, behind(stream, after), show, entry_bytes);
    if written < count {
        let from = last.next().unwrap_or(Id::MAX);
        leave_range(reply, engine, (stream, count - written), from);
    }
    Ok(())
}

/// Replies to a client that waited for a stream, which now has entries.
///
/// # Errors
///
/// `WrongType`.
pub fn serve_reader(
    keys: &mut Keyspace<'_>,
    reply: &mut Reply<'_>,
    what: (&[u8], Id),
    mut amount: Amount,
    engine: &Arc<Engine>,
) -> Result<(), CommandError> {
    let streams = begin(reply);
    read_one(keys, reply, what, &mut amount, engine)?;
    reply.resolve(streams, 1);
    Ok(())
}
