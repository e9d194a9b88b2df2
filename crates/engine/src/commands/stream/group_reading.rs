//! Reading in the name of a group: what XREADGROUP does with one stream, at once or after waiting.
//!
//! The log gets what came of it: each entry that became pending as an `XCLAIM` with its facts, and
//! how far the group is as an `XGROUP SETID`.

use std::sync::Arc;

use resp::Reply;
use types::Stream;
use types::stream::{Group, Id, Pending};

use super::long_reading::{leave_given, leave_pending, show_given};
use super::reading::{Amount, begin, behind, has_entries_behind};
use super::records::{log_ack, log_claim, log_consumer, log_position};
use super::replies::{
    entry_bytes, facts_bytes, no_entry_bytes, reply_entry, reply_key, reply_no_entry,
};
use super::{CREATE_CONSUMER_EVENT, no_group_to_read};
use crate::engine::Engine;
use crate::error::CommandError;
use crate::keyspace::event::SILENT;
use crate::keyspace::handle::Keyspace;

/// What a consumer asks for.
#[derive(Clone, Debug)]
pub struct GroupRead {
    /// The group.
    pub group: Box<[u8]>,
    /// The consumer.
    pub consumer: Box<[u8]>,
    /// Nothing becomes pending.
    pub no_ack: bool,
    /// What has been pending for so many milliseconds is taken too.
    pub claim: Option<u64>,
    /// How much.
    pub amount: Amount,
}

impl GroupRead {
    /// Whether the consumer need not wait for this stream any longer: it has something new, or the
    /// group is gone.
    pub fn ends_with(&self, stream: &Stream) -> bool {
        let group = stream.group(&self.group);
        group.is_none_or(|group| has_entries_behind(stream, group.last_id))
    }

    /// Whether there is something for the consumer: what `ends_with` finds, or what it may take
    /// from others.
    pub fn finds_some(&self, stream: &Stream, now_ms: u64) -> bool {
        self.ends_with(stream)
            || stream.group(&self.group).is_some_and(|group| {
                let mut idle = self.idle(group, now_ms);
                idle.any(|pending| stream.get(pending.id).is_some())
            })
    }

    /// What is pending and was delivered up to this moment may be taken from other consumers.
    fn until_ms(&self, now_ms: u64) -> Option<u64> {
        match self.claim? {
            0 => Some(u64::MAX),
            idle_ms => now_ms.checked_sub(idle_ms),
        }
    }

    /// What may be taken from other consumers.
    fn idle<'a>(&self, group: &'a Group, now_ms: u64) -> impl Iterator<Item = Pending> + use<'a> {
        let until_ms = self.until_ms(now_ms);
        let until_ms = until_ms.filter(|until_ms| group.has_delivered_until(*until_ms));
        let pending = until_ms.map(|_| group.pending().iter()).into_iter().flatten();
        pending.filter(move |pending| Some(pending.delivered_ms) <= until_ms)
    }

    /// When something may be taken from other consumers, as things are, or some moment before.
    pub(super) fn due_ms(&self, stream: &Stream) -> Option<u64> {
        let idle_ms = self.claim?;
        let oldest_ms = stream.group(&self.group)?.oldest_ms()?;
        Some(if idle_ms == 0 { 0 } else { oldest_ms.saturating_add(idle_ms) })
    }

    /// Forgets what is pending for long enough and gone from the stream, up to the first entry
    /// that is there: nobody waits for those.
    ///
    /// # Errors
    ///
    /// `WrongType`.
    pub(super) fn forget_gone(
        &self,
        keys: &mut Keyspace<'_>,
        key: &[u8],
    ) -> Result<(), CommandError> {
        let now_ms = keys.now_ms;
        let Some(mut stream) = keys.write::<Stream>(key)? else { return Ok(()) };
        let value = stream.value();
        let idle = value.group(&self.group).into_iter().flat_map(|g| self.idle(g, now_ms));
        let gone = idle.take_while(|pending| value.get(pending.id).is_none());
        let gone: Vec<Id> = gone.map(|pending| pending.id).collect();
        if gone.is_empty() {
            return Ok(());
        }
        if let Some(group) = stream.modify(SILENT).group_mut(&self.group) {
            for id in &gone {
                group.acknowledge(*id);
            }
        }
        drop(stream);
        gone.iter().for_each(|id| log_ack(keys, (key, &self.group), *id));
        Ok(())
    }

    /// Notes that the consumer was heard of; makes it, if it is new.
    ///
    /// # Errors
    ///
    /// `WrongType`, and that there is no such group.
    pub(super) fn greet(&self, keys: &mut Keyspace<'_>, key: &[u8]) -> Result<u32, CommandError> {
        let now_ms = keys.now_ms;
        let missing = || no_group_to_read(key, &self.group);
        let mut stream = keys.write::<Stream>(key)?.ok_or_else(missing)?;
        let group = stream.value().group(&self.group).ok_or_else(missing)?;
        if let Some(number) = group.find(&self.consumer) {
            group.consumer(number).into_iter().for_each(|consumer| consumer.see(now_ms));
            return Ok(number);
        }
        let group = stream.modify(CREATE_CONSUMER_EVENT).group_mut(&self.group);
        let number = group.ok_or_else(missing)?.create(&self.consumer, now_ms);
        drop(stream);
        log_consumer(keys, key, (&self.group, &self.consumer));
        Ok(number)
    }
}

/// Replies to a consumer that waited for a stream.
///
/// # Errors
///
/// `WrongType`, and that there is no such group.
pub fn serve_group(
    keys: &mut Keyspace<'_>,
    reply: &mut Reply<'_>,
    key: &[u8],
    read: &GroupRead,
    engine: &Arc<Engine>,
) -> Result<(), CommandError> {
    let number = read.greet(keys, key)?;
    let streams = begin(reply);
    read_new(keys, reply, (key, number), (read, &mut read.amount.clone(), engine))?;
    reply.resolve(streams, 1);
    Ok(())
}

/// What was given to a consumer, and what follows for the group.
#[derive(Default)]
struct Given {
    /// Entries that were pending before.
    claimed: Vec<Pending>,
    /// Such entries that are gone from the stream.
    gone: Vec<Id>,
    /// New entries.
    new: Vec<Id>,
}

impl Given {
    /// What is left of what was claimed and of what is new behind so many entries of both.
    fn behind(&self, written: usize) -> (&[Pending], &[Id]) {
        let old = written.min(self.claimed.len());
        (&self.claimed[old..], &self.new[written - old..])
    }
}

/// What is read and how much, and the engine, as many entries are written when they are sent.
pub(super) type How<'a> = (&'a GroupRead, &'a mut Amount, &'a Arc<Engine>);

/// Replies with entries that are new to the group, and gives them to a consumer.
///
/// # Errors
///
/// `WrongType`, and that there is no such group.
pub(super) fn read_new(
    keys: &mut Keyspace<'_>,
    reply: &mut Reply<'_>,
    (key, consumer): (&[u8], u32),
    (read, amount, engine): How<'_>,
) -> Result<(), CommandError> {
    let now_ms = keys.now_ms;
    let missing = || no_group_to_read(key, &read.group);
    let mut stream = keys.write::<Stream>(key)?.ok_or_else(missing)?;
    let group = stream.value().group(&read.group).ok_or_else(missing)?;
    reply_key(reply, key);
    let (given, written) = reply_new(reply, stream.value(), group, (read, amount, now_ms));
    let (last_id, entries_read) = stream.value().advance(group, &given.new);
    if given.new.is_empty() && given.claimed.is_empty() && given.gone.is_empty() {
        return Ok(());
    }
    let group = stream.modify(SILENT).group_mut(&read.group).ok_or_else(missing)?;
    (group.last_id, group.entries_read) = (last_id, entries_read);
    if !read.no_ack || !given.claimed.is_empty() {
        group.consumer_mut(consumer).active_ms = Some(now_ms);
    }
    for id in &given.gone {
        group.acknowledge(*id);
    }
    for pending in &given.claimed {
        let count = pending.count.saturating_add(1);
        group.give(Pending { consumer, delivered_ms: now_ms, count, ..*pending });
    }
    if !read.no_ack {
        group.deliver(&given.new, consumer, now_ms);
    }
    if written < given.claimed.len() + given.new.len() {
        let facts_at = read.claim.map(|_| now_ms);
        leave_given(reply, engine, stream.value(), given.behind(written), facts_at);
    }
    drop(stream);
    log_given(keys, key, read, (&given, last_id, entries_read));
    Ok(())
}

/// Replies with what a consumer gets of a stream; gives how many entries of that are written.
fn reply_new(
    reply: &mut Reply<'_>,
    stream: &Stream,
    group: &Group,
    (read, amount, now_ms): (&GroupRead, &mut Amount, u64),
) -> (Given, usize) {
    let mut given = Given::default();
    let Given { claimed, gone, new } = &mut given;
    let old = read.idle(group, now_ms).filter_map(|pending| {
        let entry = stream.get(pending.id);
        if entry.is_none() {
            gone.push(pending.id);
        }
        entry.map(|entry| (entry, Some(pending)))
    });
    let both = old.chain(behind(stream, group.last_id).map(|entry| (entry, None)));
    let both = both.inspect(|(entry, pending)| match pending {
        Some(pending) => claimed.push(*pending),
        None => new.push(entry.id),
    });
    let facts_at = read.claim.map(|_| now_ms);
    let (written, _) = amount.reply_list(
        reply,
        both,
        |reply, (entry, pending)| show_given(reply, entry, *pending, facts_at),
        |(entry, pending)| match facts_at {
            Some(now_ms) => facts_bytes(entry, *pending, now_ms),
            None => entry_bytes(entry),
        },
    );
    (given, written)
}

fn log_given(
    keys: &mut Keyspace<'_>,
    key: &[u8],
    read: &GroupRead,
    (given, last_id, entries_read): (&Given, Id, Option<u64>),
) {
    let (names, now_ms) = ((&*read.group, &*read.consumer), keys.now_ms);
    keys.effects.propagate_nothing();
    if !keys.effects.logging {
        return;
    }
    given.gone.iter().for_each(|id| log_ack(keys, (key, &read.group), *id));
    for pending in &given.claimed {
        let count = pending.count.saturating_add(1);
        let pending = Pending { delivered_ms: now_ms, count, ..*pending };
        log_claim(keys, key, names, (pending, last_id));
    }
    if !read.no_ack {
        for id in &given.new {
            let pending = Pending { id: *id, delivered_ms: now_ms, count: 1, consumer: 0 };
            log_claim(keys, key, names, (pending, last_id));
        }
    }
    if !given.new.is_empty() {
        log_position(keys, (key, &read.group), (last_id, entries_read));
    }
}

/// Replies with what a consumer was given before and has not acknowledged, behind an id.
///
/// # Errors
///
/// `WrongType`, and that there is no such group.
pub(super) fn read_history(
    keys: &mut Keyspace<'_>,
    reply: &mut Reply<'_>,
    (key, number, after): (&[u8], u32, Id),
    (read, amount, engine): How<'_>,
) -> Result<(), CommandError> {
    let now_ms = keys.now_ms;
    let missing = || no_group_to_read(key, &read.group);
    let mut stream = keys.write::<Stream>(key)?.ok_or_else(missing)?;
    let value = stream.value();
    let group = value.group(&read.group).ok_or_else(missing)?;
    let consumer = group.consumer(number).ok_or_else(missing)?;
    let (mut again, mut last, protocol) = (Vec::new(), after, reply.protocol());
    reply_key(reply, key);
    let ids = after.next().into_iter().flat_map(|from| consumer.pending().from(from));
    let entries = ids.map(|id| (id, value.get(id))).inspect(|(id, entry)| {
        let pending = group.pending().get(*id).filter(|_| entry.is_some());
        again.extend(pending.map(|pending| {
            let count = pending.count.saturating_add(1);
            Pending { delivered_ms: now_ms, count, ..pending }
        }));
    });
    let (written, count) = amount.reply_list(
        reply,
        entries,
        |reply, (id, entry)| {
            last = *id;
            match entry {
                Some(entry) => reply_entry(reply, entry),
                None => reply_no_entry(reply, *id),
            }
        },
        |(id, entry)| entry.as_ref().map_or_else(|| no_entry_bytes(*id, protocol), entry_bytes),
    );
    let last_id = group.last_id;
    if !again.is_empty() {
        let group = stream.modify(SILENT).group_mut(&read.group).ok_or_else(missing)?;
        again.iter().for_each(|pending| group.give(*pending));
    }
    if written < count {
        let (rest, from) = ((stream.value(), count - written), last.next().unwrap_or(Id::MAX));
        leave_pending(reply, engine, rest, (&read.group, number), from);
    }
    drop(stream);
    log_again(keys, key, read, (&again, last_id));
    Ok(())
}

fn log_again(
    keys: &mut Keyspace<'_>,
    key: &[u8],
    read: &GroupRead,
    (again, last_id): (&[Pending], Id),
) {
    if again.is_empty() {
        return;
    }
    keys.effects.propagate_nothing();
    if keys.effects.logging {
        let names = (&*read.group, &*read.consumer);
        again.iter().for_each(|pending| log_claim(keys, key, names, (*pending, last_id)));
    }
}
