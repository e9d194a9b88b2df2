//! The end of a command, while its shards are still held: waiters are served, the log is written,
//! events are published.

use crate::command::Locks;
use crate::ctx::Ctx;
use crate::dispatch::Outcome;
use crate::engine::Engine;
use crate::error::CommandError;
use crate::keyspace::effects::Effects;
use crate::keyspace::event::{TO_KEYEVENT, TO_KEYSPACE};
use crate::keyspace::locked::Locked;
use crate::letter::Outbox;
use crate::pubsub::Scope;
use crate::serve;

/// Completes a command. `before` is where its reply begins.
#[inline]
pub(crate) fn finish(ctx: &mut Ctx<'_>, before: u64) -> Outcome {
    if ctx.parked {
        // Whatever was removed as expired on the way stays removed, and is logged.
        ctx.reply.output().truncate_to(before);
        commit(ctx);
        if ctx.keys.effects.logging {
            depend(ctx);
        }
        return Outcome::Parked;
    }
    let effects = &*ctx.keys.effects;
    let quiet = effects.dirty == 0 && effects.expired == 0 && effects.events.is_empty();
    if !quiet || !effects.records.is_empty() || !effects.ready.is_empty() {
        commit(ctx);
    }
    if ctx.keys.effects.logging {
        depend(ctx);
    }
    match ctx.block.take() {
        None => Outcome::Done,
        Some((waiter, until_ms)) => Outcome::Blocked { waiter, until_ms },
    }
}

/// Shows one shard to a command that goes through them one after another. A shard that is not held
/// anyway is held just for that, and what changed in it is logged before it is let go.
///
/// # Errors
///
/// `Park` where the shard is busy.
pub(crate) fn step<'a, R>(
    ctx: &mut Ctx<'a>,
    index: usize,
    look: impl FnOnce(&mut Ctx<'a>) -> R,
) -> Result<R, CommandError> {
    if ctx.keys.locked.holds(index) {
        return Ok(look(ctx));
    }
    let one = Locked::one(ctx.keys.locked.shards(), index).ok_or(CommandError::Park)?;
    let outer = std::mem::replace(&mut ctx.keys.locked, one);
    let result = look(ctx);
    if ctx.keys.effects.expired > 0 {
        commit(ctx);
    }
    ctx.keys.locked = outer;
    Ok(result)
}

/// Lets go of every shard, for a command that has copied what it needs and goes on to compute.
/// Inside a transaction or a script they stay.
pub(crate) fn let_go(ctx: &mut Ctx<'_>) {
    if !ctx.atomic {
        // What was found expired is logged while its shard is held.
        commit(ctx);
        ctx.keys.locked = Locked::none(ctx.keys.locked.shards());
    }
}

#[inline]
fn commit(ctx: &mut Ctx<'_>) {
    if !ctx.keys.effects.ready.is_empty() {
        serve::serve_ready(ctx);
    }
    let effects = &mut *ctx.keys.effects;
    ctx.keys.counters.dirty.add(effects.dirty);
    ctx.keys.counters.expired.add(effects.expired);
    if !effects.records.is_empty() {
        append(ctx);
    }
    if !ctx.keys.effects.events.is_empty() {
        publish_events(ctx.engine, ctx.keys.effects, ctx.outbox);
    }
    ctx.keys.effects.clear();
}

fn append(ctx: &mut Ctx<'_>) {
    let effects = &*ctx.keys.effects;
    // Keys that a walk finds expired have nothing to do with each other.
    let atomic = effects.atomic || ctx.command.spec.locks != Locks::Stepwise;
    let offset = ctx.engine.log.append(&effects.records, atomic);
    ctx.session.offset = offset;
    for shard in ctx.keys.locked.iter_mut() {
        shard.last_offset = offset;
    }
    ctx.outbox.log_grew = true;
}

/// Notes what the reply to a command waits for, and what it leaves for other clients: the last
/// record of the shards that it read, or of all of them. Nothing of that may be seen before it
/// cannot be lost any more.
#[inline(never)]
fn depend(ctx: &mut Ctx<'_>) {
    // A replica is what others wait for.
    if ctx.session.replica {
        return;
    }
    let whole = ctx.command.spec.locks == Locks::Stepwise || ctx.keys.locked.holds_all();
    let read = if whole {
        ctx.engine.log.end()
    } else {
        ctx.keys.locked.iter_mut().map(|shard| shard.last_offset).max().unwrap_or(0)
    };
    ctx.session.depends_on = ctx.session.depends_on.max(read);
    ctx.outbox.depend_on(ctx.session.depends_on);
}

/// Publishes the events that commands noted.
#[cold]
pub(crate) fn publish_events(engine: &Engine, effects: &mut Effects, outbox: &mut Outbox) {
    let notify = effects.notify;
    for noted in effects.events.drain(..) {
        let name = noted.event.name.as_bytes();
        if notify & TO_KEYSPACE != 0 {
            let mut channel = format!("__keyspace@{}__:", noted.db).into_bytes();
            channel.extend_from_slice(&noted.key);
            engine.pubsub.publish(Scope::Channel, &channel, name, outbox);
        }
        if notify & TO_KEYEVENT != 0 {
            let channel = format!("__keyevent@{}__:{}", noted.db, noted.event.name);
            engine.pubsub.publish(Scope::Channel, channel.as_bytes(), &noted.key, outbox);
        }
    }
}
