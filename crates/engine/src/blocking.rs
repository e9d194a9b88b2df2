//! Clients that wait for a key.
//!
//! A waiter stands in the queue of each of its keys, in the shards of those keys, and the queues
//! are first in, first out. Who makes a key ready serves its waiters in the same critical section.
//! A waiter is served, times out or is unblocked at most once: whoever claims it first decides.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use resp::{Protocol, Reply};
use structures::Claim;
use types::long_double::LongDouble;
use types::stream::Id;
use types::{Side, Stream};

use crate::commands::list::ends::Several;
use crate::commands::stream::group_reading::GroupRead;
use crate::commands::stream::reading::{Amount, has_entries_behind};
use crate::error::CommandError;
use crate::keyspace::shard::ByKey;

/// An end of a sorted set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// The lowest scores.
    Min,
    /// The highest scores.
    Max,
}

/// What a key that became ready has for waiters.
#[derive(Debug)]
pub enum Offer {
    /// A list with so many elements.
    List(usize),
    /// A sorted set.
    SortedSet,
    /// A stream.
    Stream(Stream),
    /// Another value.
    Other,
    /// Nothing: the key is gone.
    Gone,
}

/// What a waiter gets when its key is ready.
#[derive(Clone, Debug)]
pub enum Wish {
    /// `BLPOP`, `BRPOP`: the key and an element.
    Pop(Side),
    /// `BLMPOP`: the key and up to so many elements.
    PopSeveral(Side, usize),
    /// `BLMOVE`, `BLMOVEM`: elements, moved to another list.
    Move {
        /// Where the element goes.
        destination: Box<[u8]>,
        /// The end it is taken from.
        from: Side,
        /// The end it is put at.
        to: Side,
        /// How many.
        how: How,
    },
    /// `BZPOPMIN`, `BZPOPMAX`, `BZMPOP`: the key and members with their scores.
    PopSorted {
        /// The end they are taken from.
        end: End,
        /// How many at most; none for one, without a list around it.
        count: Option<usize>,
    },
    /// `XREAD`: the entries behind these ids, one for each key.
    Read {
        /// Behind which.
        after: Vec<Id>,
        /// How much.
        amount: Amount,
    },
    /// `XREADGROUP`: entries that are new to a group.
    ReadGroup(GroupRead),
    /// No key: the server itself replies when it has done what was asked.
    Server,
    /// `SAVE`: the word that the file is there.
    Snapshot,
    /// `WAIT`: enough replicas that have the log up to an offset.
    Replicas {
        /// How many.
        needed: usize,
        /// Up to where.
        offset: u64,
    },
}

/// How many elements move.
#[derive(Clone, Copy, Debug)]
pub enum How {
    /// One, and the reply is that element.
    One {
        /// Said as `BRPOPLPUSH`, and logged as `RPOPLPUSH`.
        legacy: bool,
    },
    /// Several, and the reply is an array.
    Several(Several),
}

/// A blocked client.
#[derive(Debug)]
pub struct Waiter {
    /// The client's id.
    pub client: u64,
    /// The worker that owns its connection.
    pub worker: usize,
    /// Its database.
    pub db: u32,
    /// What it waits for.
    pub keys: Vec<Box<[u8]>>,
    /// What it gets.
    pub wish: Wish,
    /// The protocol of its reply.
    pub protocol: Protocol,
    claim: Claim,
    /// The first moment at which it is to look, of those that its worker was told of.
    look_ms: AtomicU64,
}

impl Waiter {
    /// A waiter that nobody has claimed.
    pub fn new((client, worker): (u64, usize), db: u32, keys: Vec<Box<[u8]>>, wish: Wish) -> Self {
        let (protocol, claim) = (Protocol::Resp2, Claim::default());
        let look_ms = AtomicU64::new(u64::MAX);
        Waiter { client, worker, db, keys, wish, protocol, claim, look_ms }
    }

    /// Whether time alone may fulfil the wish: something is pending for long enough.
    pub fn waits_for_idle(&self) -> bool {
        matches!(&self.wish, Wish::ReadGroup(read) if read.claim.is_some())
    }

    /// Notes when it is to look again; true if that is before all it was told of.
    pub(crate) fn is_first_look(&self, at_ms: u64) -> bool {
        self.look_ms.fetch_min(at_ms, Ordering::Relaxed) > at_ms
    }

    /// It looks now: what it was told of is over.
    pub(crate) fn forget_look(&self) {
        self.look_ms.store(u64::MAX, Ordering::Relaxed);
    }

    /// The reply where nothing came in time.
    pub fn write_timeout(&self, reply: &mut Reply<'_>) {
        match self.wish {
            Wish::Pop(_)
            | Wish::PopSeveral(..)
            | Wish::PopSorted { .. }
            | Wish::Read { .. }
            | Wish::ReadGroup(_)
            | Wish::Move { how: How::Several(_), .. } => reply.null_array(),
            Wish::Move { .. } | Wish::Server => reply.null(),
            Wish::Snapshot => reply.ok(),
            // Whoever sees the time-out counts the replicas and replies with that.
            Wish::Replicas { .. } => reply.integer(0),
        }
    }

    /// Whether what one of its keys has now can fulfil the wish.
    pub fn is_served_by(&self, key: &[u8], offer: &Offer, now_ms: u64) -> bool {
        match (&self.wish, offer) {
            (Wish::Move { how: How::Several(several), .. }, Offer::List(len)) => {
                several.is_served_by(*len)
            }
            (Wish::Pop(_) | Wish::PopSeveral(..) | Wish::Move { .. }, offer) => {
                matches!(offer, Offer::List(1..))
            }
            (Wish::PopSorted { .. }, offer) => matches!(offer, Offer::SortedSet),
            (Wish::Read { after, .. }, Offer::Stream(stream)) => {
                let mut keys = self.keys.iter().zip(after);
                keys.any(|(name, after)| **name == *key && has_entries_behind(stream, *after))
            }
            (Wish::Read { .. }, _) => false,
            (Wish::ReadGroup(read), Offer::Stream(stream)) => read.finds_some(stream, now_ms),
            // Without the stream there is no group: the client gets to know that.
            (Wish::ReadGroup(_), _) => true,
            (Wish::Server | Wish::Snapshot | Wish::Replicas { .. }, _) => false,
        }
    }

    /// Whether somebody else may end the wait (`CLIENT UNBLOCK`).
    pub fn may_be_unblocked(&self) -> bool {
        !matches!(self.wish, Wish::Server | Wish::Snapshot)
    }

    /// Decides what becomes of the client; true for the first caller alone.
    pub fn claim(&self) -> bool {
        self.claim.take()
    }

    /// Whether somebody has claimed it.
    pub fn is_claimed(&self) -> bool {
        self.claim.is_taken()
    }
}

/// Who waits for the keys of one shard.
#[derive(Debug, Default)]
pub struct WaitTable(ByKey<VecDeque<Arc<Waiter>>>);

impl WaitTable {
    /// Whether nobody waits for anything.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of keys that somebody waits for.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Number of keys of which somebody waits to know too that they are gone.
    pub fn len_on_no_key(&self) -> usize {
        let in_a_group = |waiter: &Arc<Waiter>| matches!(waiter.wish, Wish::ReadGroup(_));
        self.0.values().filter(|queue| queue.iter().any(in_a_group)).count()
    }

    /// Whether somebody waits for this key.
    pub fn awaits(&self, db: u32, key: &[u8]) -> bool {
        self.0.contains_key(&(db, key.into()))
    }

    /// Puts a waiter at the end of a key's queue.
    pub fn add(&mut self, key: &[u8], waiter: &Arc<Waiter>) {
        self.0.entry((waiter.db, key.into())).or_default().push_back(waiter.clone());
    }

    /// Takes a waiter out of a key's queue.
    pub fn remove(&mut self, key: &[u8], waiter: &Arc<Waiter>) {
        let at = (waiter.db, key.into());
        if let Some(queue) = self.0.get_mut(&at) {
            queue.retain(|other| !Arc::ptr_eq(other, waiter) && !other.is_claimed());
            if queue.is_empty() {
                self.0.remove(&at);
            }
        }
    }

    /// Takes the first waiter of a key whose wish can be fulfilled out of its queue and claims it.
    pub fn claim_first(
        &mut self,
        db: u32,
        key: &[u8],
        can_be_fulfilled: impl Fn(&Waiter) -> bool,
    ) -> Option<Arc<Waiter>> {
        let at = (db, key.into());
        let queue = self.0.get_mut(&at)?;
        let mut first = None;
        while let Some(index) = queue.iter().position(|waiter| can_be_fulfilled(waiter)) {
            first = queue.remove(index).filter(|waiter| waiter.claim());
            if first.is_some() {
                break;
            }
        }
        if queue.is_empty() {
            self.0.remove(&at);
        }
        first
    }

    /// The waiters of a key, first come first.
    pub fn of_key(&self, db: u32, key: &[u8]) -> impl Iterator<Item = &Arc<Waiter>> {
        let queue = self.0.get(&(db, key.into()));
        queue.into_iter().flatten().filter(|waiter| !waiter.is_claimed())
    }

    /// The keys of a database that somebody waits for.
    pub fn keys_of_database(&self, db: u32) -> impl Iterator<Item = &[u8]> {
        self.0.keys().filter(move |(of, _)| *of == db).map(|(_, key)| &**key)
    }
}

/// Until when a blocking command waits that says `timeout` (seconds, with a fraction) at `now_ms`;
/// `None` is for ever.
pub fn deadline(timeout: &[u8], now_ms: u64) -> Result<Option<u64>, CommandError> {
    let too_late = || CommandError::err("timeout is out of range");
    let seconds = LongDouble::parse(timeout)
        .ok_or_else(|| CommandError::err("timeout is not a float or out of range"))?;
    let millis = (seconds.to_f64() * 1000.0).ceil();
    if millis >= i64::MAX as f64 {
        return Err(too_late());
    }
    match millis as i64 {
        ..0 => Err(CommandError::err("timeout is negative")),
        0 => Ok(None),
        millis => {
            let until = (now_ms as i64).checked_add(millis).ok_or_else(too_late)?;
            Ok(Some(until as u64))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(timeout: &str, expect: Result<Option<u64>, &str>) {
        let got = deadline(timeout.as_bytes(), 1000).map_err(|error| error.to_string());
        assert_eq!(got, expect.map_err(|text| format!("ERR timeout {text}")), "{timeout}");
    }

    #[test]
    fn timeouts_are_seconds_with_fractions() {
        check("0", Ok(None));
        check("1", Ok(Some(2000)));
        check("0.25", Ok(Some(1250)));
        check("0.0001", Ok(Some(1001)));
        check("-1", Err("is negative"));
        check("abc", Err("is not a float or out of range"));
        check("99999999999999999999", Err("is out of range"));
        check("9223372036854775", Err("is out of range"));
        check("0x7FFFFFFFFFFFFF", Err("is out of range"));
        check("0xA", Ok(Some(11_000)));
        check("0x", Err("is not a float or out of range"));
        check("0x+1", Err("is not a float or out of range"));
        check("inf", Err("is out of range"));
        check("1e400", Err("is out of range"));
        check("-1e400", Err("is negative"));
        check("1e5000", Err("is not a float or out of range"));
        check("nan", Err("is not a float or out of range"));
    }
}
