//! Writing to hashes some of whose fields are past their deadlines: to a writer they are not there.

use types::hash::{Lifetime, Was};
use types::{Hash, Sizes};

use super::EXPIRED;
use crate::ctx::Ctx;
use crate::keyspace::event::Event;
use crate::keyspace::write::Write;
use crate::stats::Counters;

/// How a command sees the fields that it writes to.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    /// Fields with a deadline up to this one are not there.
    pub(super) dead_up_to_ms: u64,
    counters: &'a Counters,
}

impl<'a> Writer<'a> {
    /// That of the command that runs.
    pub(super) fn new(ctx: &Ctx<'a>) -> Writer<'a> {
        Writer { dead_up_to_ms: ctx.keys.mark.dead_up_to_ms, counters: ctx.keys.counters }
    }

    /// Counts fields that were past their deadlines when something else took their place, and
    /// notes the event in front of the command's own.
    pub(super) fn note_expired(self, hash: &mut Write<'_, Hash>, count: u64) {
        if count > 0 {
            self.counters.expired_fields.add(count);
            hash.note(EXPIRED);
        }
    }

    /// Counts fields that went because the command gave them a deadline that is past.
    pub(super) fn count_expired(self, count: u64) {
        self.counters.expired_fields.add(count);
    }

    /// Gives a field another value; its deadline stays. Gives that.
    pub(super) fn update(
        self,
        hash: &mut Write<'_, Hash>,
        event: Event,
        (field, value): (&[u8], &[u8]),
        sizes: &Sizes,
    ) -> Option<u64> {
        let deadline = hash.value().live(self.dead_up_to_ms).deadline(field).flatten();
        let fields = hash.modify(event);
        let was = fields.set((field, value), Lifetime::Kept, self.dead_up_to_ms, sizes);
        self.note_expired(hash, u64::from(was == Was::Expired));
        deadline
    }
}

/// Logs the value of a field, with its deadline.
pub(super) fn log_value(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    (field, value): (&[u8], &[u8]),
    deadline: Option<u64>,
) {
    let mut digits = itoa::Buffer::new();
    match deadline {
        None => ctx.propagate(&[b"HSET", key, field, value]),
        Some(ms) => {
            let ms = digits.format(ms).as_bytes();
            ctx.propagate(&[b"HSETEX", key, b"PXAT", ms, b"FIELDS", b"1", field, value]);
        }
    }
}
