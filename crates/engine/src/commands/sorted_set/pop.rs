//! Taking members from an end of a sorted set, for those who ask and for those who wait.

use resp::{Protocol, Reply};
use types::{Object, SortedSet};

use crate::blocking::End;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::Keyspace;

/// How what was taken is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// `ZPOPMIN` without a count: the member and its score.
    One,
    /// `ZPOPMIN` with a count: members and scores; pairs, where the protocol has doubles.
    Several,
    /// `BZPOPMIN`: the key, the member and its score.
    Keyed,
    /// `ZMPOP`: the key, and pairs.
    KeyedPairs,
}

impl End {
    fn event(self) -> Event {
        match self {
            End::Min => event(Class::SortedSet, "zpopmin"),
            End::Max => event(Class::SortedSet, "zpopmax"),
        }
    }

    /// The command that takes from this end, as it is logged.
    pub fn command(self) -> &'static [u8] {
        match self {
            End::Min => b"ZPOPMIN",
            End::Max => b"ZPOPMAX",
        }
    }
}

/// Takes up to `count` members, and replies with them. Gives how many they were; if none, there is
/// no reply.
pub(crate) fn pop(
    keys: &mut Keyspace<'_>,
    reply: &mut Reply<'_>,
    key: &[u8],
    (end, count): (End, usize),
    shape: Shape,
) -> Result<usize, CommandError> {
    let Some(mut set) = keys.write::<SortedSet>(key)? else { return Ok(0) };
    let len = set.value().len();
    let count = count.min(len);
    if count == 0 {
        return Ok(0);
    }
    let pairs = begin(reply, key, count, shape);
    let (from, to) = match end {
        End::Min => (0, count),
        End::Max => (len - count, len),
    };
    set.modify(end.event()).drain(from, to, end == End::Max, |member, score| {
        if pairs {
            reply.array(2);
        }
        reply.bulk(member);
        reply.double(score);
    });
    set.count(count as u64 - 1);
    Ok(count)
}

/// Begins the reply; true if members and scores are to stand in pairs.
fn begin(reply: &mut Reply<'_>, key: &[u8], count: usize, shape: Shape) -> bool {
    match shape {
        Shape::One => reply.array(2),
        Shape::Several if reply.protocol() == Protocol::Resp2 => reply.array(2 * count),
        Shape::Several => {
            reply.array(count);
            return true;
        }
        Shape::Keyed => {
            reply.array(3);
            reply.bulk(key);
        }
        Shape::KeyedPairs => {
            reply.array(2);
            reply.bulk(key);
            reply.array(count);
            return true;
        }
    }
    false
}
