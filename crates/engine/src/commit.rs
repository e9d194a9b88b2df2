//! The end of a command, while its shards are still held: waiters are served, the log is written,
//! events are published.

use crate::ctx::Ctx;
use crate::dispatch::Outcome;
use crate::keyspace::event::{TO_KEYEVENT, TO_KEYSPACE};
use crate::letter::Letter;
use crate::pubsub::Scope;
use crate::serve;

/// Completes a command. `before` is where its reply begins.
#[inline]
pub(crate) fn finish(ctx: &mut Ctx<'_>, before: u64) -> Outcome {
    if ctx.parked {
        // Whatever was removed as expired on the way stays removed, and is logged.
        ctx.reply.output().truncate_to(before);
        commit(ctx);
        return Outcome::Parked;
    }
    let effects = &*ctx.keys.effects;
    let quiet = effects.dirty == 0 && effects.expired == 0 && effects.events.is_empty();
    if !quiet || !effects.records.is_empty() {
        commit(ctx);
    }
    match ctx.block.take() {
        None => Outcome::Done,
        Some((waiter, until_ms)) => Outcome::Blocked { waiter, until_ms },
    }
}

#[inline]
fn commit(ctx: &mut Ctx<'_>) {
    let letters_before = ctx.outbox.letters.len();
    if !ctx.keys.effects.ready.is_empty() {
        serve::serve_ready(ctx);
    }
    let effects = &mut *ctx.keys.effects;
    ctx.keys.counters.dirty.add(effects.dirty);
    ctx.keys.counters.expired.add(effects.expired);
    if !effects.records.is_empty() {
        append(ctx, letters_before);
    }
    if !ctx.keys.effects.events.is_empty() {
        publish_events(ctx);
    }
    ctx.keys.effects.clear();
}

fn append(ctx: &mut Ctx<'_>, letters_before: usize) {
    let effects = &*ctx.keys.effects;
    let offset = ctx.engine.log.append(&effects.records, effects.atomic);
    ctx.session.offset = offset;
    for shard in ctx.keys.locked.iter_mut() {
        shard.last_offset = offset;
    }
    for (_, letter) in &mut ctx.outbox.letters[letters_before..] {
        if let Letter::Unblocked { offset: at, .. } = letter {
            *at = offset;
        }
    }
    ctx.outbox.log_grew = true;
}

#[cold]
fn publish_events(ctx: &mut Ctx<'_>) {
    let events = std::mem::take(&mut ctx.keys.effects.events);
    let notify = ctx.keys.effects.notify;
    for noted in &events {
        let name = noted.event.name.as_bytes();
        if notify & TO_KEYSPACE != 0 {
            let mut channel = format!("__keyspace@{}__:", noted.db).into_bytes();
            channel.extend_from_slice(&noted.key);
            ctx.engine.pubsub.publish(Scope::Channel, &channel, name, ctx.outbox);
        }
        if notify & TO_KEYEVENT != 0 {
            let channel = format!("__keyevent@{}__:{}", noted.db, noted.event.name);
            ctx.engine.pubsub.publish(Scope::Channel, channel.as_bytes(), &noted.key, ctx.outbox);
        }
    }
}
