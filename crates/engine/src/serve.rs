//! Serving blocked clients: who makes a key ready gives its elements to those who wait for it,
//! first come first served, before anybody else can see them.

use std::sync::Arc;

use resp::{Output, Reply};
use structures::{EntryRef, Payload};
use types::{Object, Value};

use crate::blocking::{How, Offer, Waiter, Wish};
use crate::commands::list::ends::{self, fill, pop_name};
use crate::commands::sorted_set::pop::{self as sorted_set, Shape};
use crate::commands::stream::group_reading::serve_group;
use crate::commands::stream::looking::tell_when_to_look;
use crate::commands::stream::no_group_to_read;
use crate::commands::stream::reading::serve_reader;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::shard::Shard;
use crate::letter::{Letter, Outbox};
use crate::lookup;

/// Serves the waiters of all keys that became ready, and of those that this makes ready.
#[cold]
pub(crate) fn serve_ready(ctx: &mut Ctx<'_>) {
    let db_before = ctx.keys.db;
    let mut next = 0;
    while let Some((db, key)) = ctx.keys.effects.ready.get(next).cloned() {
        next += 1;
        ctx.keys.db = db;
        while let Some(waiter) = next_waiter(ctx, &key) {
            // The push alone, without this, is a state like any other: nobody has the reply yet.
            ctx.keys.effects.records.end_unit();
            let from = first_of(ctx, &waiter, &key);
            serve(ctx, &waiter, &from);
        }
        tell_when_to_look(ctx, &key);
    }
    ctx.keys.db = db_before;
}

/// The first waiter that the key's value can serve, claimed.
fn next_waiter(ctx: &mut Ctx<'_>, key: &[u8]) -> Option<Arc<Waiter>> {
    let offer = offer(ctx, key)?;
    let (db, position, now_ms) = (ctx.keys.db, ctx.keys.position(key), ctx.keys.now_ms);
    let waiting = &mut ctx.keys.locked.shard(position).waiting;
    waiting.claim_first(db, key, |waiter| waiter.is_served_by(key, &offer, now_ms))
}

/// What a key has for those who wait.
fn offer(ctx: &mut Ctx<'_>, key: &[u8]) -> Option<Offer> {
    // It came with its deadline behind it: it is nobody's, and goes when somebody looks at it.
    if ctx.keys.has_expired(ctx.keys.db, key) {
        return None;
    }
    Some(match ctx.keys.peek(key).map(EntryRef::payload) {
        Some(Payload::Object(Value::List(list))) => Offer::List(list.len()),
        Some(Payload::Object(Value::SortedSet(_))) => Offer::SortedSet,
        Some(Payload::Object(Value::Stream(stream))) => Offer::Stream(stream.clone()),
        Some(Payload::Object(Value::Set(_) | Value::Hash(_)))
        | Some(Payload::Bytes(_) | Payload::Int(_) | Payload::Blob(_)) => Offer::Other,
        None => Offer::Gone,
    })
}

/// The key that a waiter is served from: where a transaction or a script made several of its keys
/// ready, the one that it named first.
fn first_of(ctx: &mut Ctx<'_>, waiter: &Waiter, woken_by: &[u8]) -> Vec<u8> {
    let (db, now_ms) = (ctx.keys.db, ctx.keys.now_ms);
    let before = waiter.keys.iter().take_while(|name| ***name != *woken_by);
    for name in before {
        let mut ready = ctx.keys.effects.ready.iter();
        if ready.any(|(of, key)| *of == db && **key == **name)
            && offer(ctx, name).is_some_and(|offer| waiter.is_served_by(name, &offer, now_ms))
        {
            return name.to_vec();
        }
    }
    woken_by.to_vec()
}

/// Tells who waits in the name of a stream's group that the key has gone.
#[cold]
pub(crate) fn tell_of_removal(shard: &mut Shard, (db, key): (u32, &[u8]), outbox: &mut Outbox) {
    let in_a_group = |waiter: &Waiter| matches!(waiter.wish, Wish::ReadGroup(_));
    while let Some(waiter) = shard.waiting.claim_first(db, key, in_a_group) {
        let Wish::ReadGroup(read) = &waiter.wish else { continue };
        let mut output = Output::new();
        let mut reply = Reply::new(&mut output, waiter.protocol);
        reply.error(no_group_to_read(key, &read.group));
        let (client, reply) = (waiter.client, output.into());
        outbox.post(waiter.worker, Letter::Unblocked { client, reply, offset: 0 });
    }
}

fn serve(ctx: &mut Ctx<'_>, waiter: &Arc<Waiter>, key: &[u8]) {
    let mut output = Output::new();
    let mut reply = Reply::new(&mut output, waiter.protocol);
    if let Err(error) = fulfil(ctx, waiter, key, &mut reply) {
        let text = error.to_string();
        ctx.keys.counters.count_error(&text);
        if let Wish::ReadGroup(_) = waiter.wish
            && let Some(command) = lookup::find(b"xreadgroup")
        {
            ctx.keys.counters.by_command[command.number()].failed.add(1);
        }
        reply.error(text);
    }
    if output.is_empty() {
        return;
    }
    let (client, reply) = (waiter.client, output.into());
    ctx.outbox.post(waiter.worker, Letter::Unblocked { client, reply, offset: 0 });
}

fn fulfil(
    ctx: &mut Ctx<'_>,
    waiter: &Waiter,
    key: &[u8],
    reply: &mut Reply<'_>,
) -> Result<(), CommandError> {
    match &waiter.wish {
        Wish::Pop(side) => {
            if let Some(item) = ends::pop(ctx, key, *side) {
                reply.array(2);
                reply.bulk(key);
                reply.bulk(&item);
                ctx.keys.effects.propagate(waiter.db, &[pop_name(*side), key]);
            }
        }
        Wish::PopSeveral(side, count) => {
            reply.array(2);
            reply.bulk(key);
            let popped =
                ends::pop_several(&mut ctx.keys, (key, *side, *count), fill(ctx.config), reply)?;
            let record = [pop_name(*side), key, popped.to_string().as_bytes()].map(<[u8]>::to_vec);
            let record = record.each_ref().map(Vec::as_slice);
            ctx.keys.effects.propagate(waiter.db, &record);
        }
        Wish::Move { destination, from, to, how } => match how {
            How::One { legacy } => {
                match ends::move_element(ctx, (key, *from), (destination, *to), *legacy)? {
                    Some(item) => reply.bulk(&item),
                    None => reply.null(),
                }
            }
            How::Several(several) => {
                let moved = ends::move_several(ctx, (key, *from), (destination, *to), *several)?;
                ends::reply_moved(reply, moved);
            }
        },
        Wish::PopSorted { end, count } => {
            let shape = if count.is_some() { Shape::KeyedPairs } else { Shape::Keyed };
            let what = (*end, count.unwrap_or(1));
            let popped = sorted_set::pop(&mut ctx.keys, reply, key, what, shape)?;
            let (name, popped) = (end.command(), popped.to_string());
            let record = [name, key, popped.as_bytes()];
            let words = if count.is_some() { 3 } else { 2 };
            ctx.keys.effects.propagate(waiter.db, &record[..words]);
        }
        Wish::Read { after, amount } => {
            let of_key = waiter.keys.iter().zip(after).filter(|(name, _)| ***name == *key);
            if let Some(after) = of_key.map(|(_, after)| *after).min() {
                serve_reader(&mut ctx.keys, reply, (key, after), *amount, ctx.engine)?;
            }
        }
        Wish::ReadGroup(read) => {
            serve_group(&mut ctx.keys, reply, key, read, ctx.engine)?;
        }
        // Nobody waits for these in the queue of a key.
        Wish::Snapshot | Wish::Replicas { .. } | Wish::Server => {}
    }
    Ok(())
}
