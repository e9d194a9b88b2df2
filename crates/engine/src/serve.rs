//! Serving blocked clients: who makes a key ready gives its elements to those who wait for it,
//! first come first served, before anybody else can see them.

use std::sync::Arc;

use resp::{Output, Reply};
use structures::Payload;
use types::{List, Value};

use crate::blocking::{End, Side, Waiter, Wish};
use crate::commands::sorted_set::pop::{Shape, pop as pop_sorted};
use crate::ctx::Ctx;
use crate::keyspace::event::{Class, Event, event};
use crate::letter::Letter;

const LPOP: Event = event(Class::List, "lpop");
const RPOP: Event = event(Class::List, "rpop");
const LPUSH: Event = event(Class::List, "lpush");
const RPUSH: Event = event(Class::List, "rpush");

/// The event of taking an element from this end.
pub const fn pop_event(side: Side) -> Event {
    match side {
        Side::Left => LPOP,
        Side::Right => RPOP,
    }
}

/// The event of adding an element at this end.
pub const fn push_event(side: Side) -> Event {
    match side {
        Side::Left => LPUSH,
        Side::Right => RPUSH,
    }
}

/// Serves the waiters of all keys that became ready, and of those that this makes ready.
#[cold]
pub(crate) fn serve_ready(ctx: &mut Ctx<'_>) {
    let db_before = ctx.keys.db;
    let mut next = 0;
    while let Some((db, key)) = ctx.keys.effects.ready.get(next).cloned() {
        next += 1;
        ctx.keys.db = db;
        while let Some(waiter) = next_waiter(ctx, &key) {
            serve(ctx, &waiter, &key);
        }
    }
    ctx.keys.db = db_before;
    // What was served is one unit with what made it ready.
    ctx.keys.effects.atomic |= next > 0;
}

/// The first waiter that the key's value can serve, claimed.
fn next_waiter(ctx: &mut Ctx<'_>, key: &[u8]) -> Option<Arc<Waiter>> {
    let db = ctx.keys.db;
    let fits = match ctx.keys.peek(key)?.payload() {
        Payload::Object(Value::List(_)) => Wish::is_for_list,
        Payload::Object(Value::SortedSet(_)) => Wish::is_for_sorted_set,
        Payload::Object(Value::Set(_)) | Payload::Bytes(_) | Payload::Int(_) | Payload::Blob(_) => {
            return None;
        }
    };
    let position = ctx.keys.position(key);
    ctx.keys.locked.shard(position).waiting.claim_first(db, key, fits)
}

fn serve(ctx: &mut Ctx<'_>, waiter: &Arc<Waiter>, key: &[u8]) {
    let mut output = Output::new();
    let mut reply = Reply::new(&mut output, waiter.protocol);
    match &waiter.wish {
        Wish::Pop(side) => {
            if let Some(item) = pop(ctx, key, *side) {
                reply.array(2);
                reply.bulk(key);
                reply.bulk(&item);
                let name: &[u8] = if *side == Side::Left { b"LPOP" } else { b"RPOP" };
                ctx.keys.effects.propagate(waiter.db, &[name, key]);
            }
        }
        Wish::Move { destination, from, to, legacy } => {
            match move_element(ctx, (key, *from), (destination, *to), *legacy) {
                Some(Ok(item)) => reply.bulk(&item),
                Some(Err(error)) => reply.error(error),
                None => reply.null(),
            }
        }
        Wish::PopSorted { end, count } => {
            serve_sorted(ctx, &mut reply, (waiter.db, key), (*end, *count));
        }
        // Nobody waits for these in the queue of a key.
        Wish::Snapshot | Wish::Replicas { .. } | Wish::Server => {}
    }
    if output.is_empty() {
        return;
    }
    let (client, reply) = (waiter.client, output.to_vec());
    ctx.outbox.post(waiter.worker, Letter::Unblocked { client, reply, offset: 0 });
}

/// Gives members of a sorted set, which is one, to who waits for them.
fn serve_sorted(
    ctx: &mut Ctx<'_>,
    reply: &mut Reply<'_>,
    (db, key): (u32, &[u8]),
    (end, count): (End, Option<usize>),
) {
    let shape = if count.is_some() { Shape::KeyedPairs } else { Shape::Keyed };
    let taken = pop_sorted(&mut ctx.keys, reply, key, (end, count.unwrap_or(1)), shape);
    let mut digits = itoa::Buffer::new();
    match (taken, count) {
        (Err(_) | Ok(0), _) => {}
        (Ok(_), None) => ctx.keys.effects.propagate(db, &[end.command(), key]),
        (Ok(taken), Some(_)) => {
            let taken = digits.format(taken).as_bytes();
            ctx.keys.effects.propagate(db, &[end.command(), key, taken]);
        }
    }
}

/// Takes an element from one end of a list.
pub(crate) fn pop(ctx: &mut Ctx<'_>, key: &[u8], side: Side) -> Option<Box<[u8]>> {
    let mut list = ctx.keys.write::<List>(key).ok()??;
    let items = &mut list.modify(pop_event(side)).0;
    match side {
        Side::Left => items.pop_front(),
        Side::Right => items.pop_back(),
    }
}

fn first_at(ctx: &mut Ctx<'_>, key: &[u8], side: Side) -> Option<Box<[u8]>> {
    let items = &ctx.keys.read::<List>(key).ok()??.0;
    match side {
        Side::Left => items.front().cloned(),
        Side::Right => items.back().cloned(),
    }
}

fn push(ctx: &mut Ctx<'_>, (key, side): (&[u8], Side), item: Box<[u8]>) {
    let Ok(mut list) = ctx.keys.write_or_create::<List>(key) else { return };
    let items = &mut list.modify(push_event(side)).0;
    match side {
        Side::Left => items.push_front(item),
        Side::Right => items.push_back(item),
    }
}

/// Moves an element from one list to another, and logs that. `None` where there is none.
pub(crate) fn move_element(
    ctx: &mut Ctx<'_>,
    (source, from): (&[u8], Side),
    (destination, to): (&[u8], Side),
    legacy: bool,
) -> Option<Result<Box<[u8]>, crate::CommandError>> {
    match ctx.keys.read::<List>(source) {
        Err(error) => return Some(Err(error)),
        Ok(None) => return None,
        Ok(Some(_)) => {}
    }
    if let Err(error) = ctx.keys.write::<List>(destination).map(drop) {
        return Some(Err(error));
    }
    let item = first_at(ctx, source, from)?;
    // The destination first: where it is the source, its last element never leaves it empty.
    push(ctx, (destination, to), item.clone());
    pop(ctx, source, from);
    if legacy {
        ctx.propagate(&[b"RPOPLPUSH", source, destination]);
    } else {
        ctx.propagate(&[b"LMOVE", source, destination, word(from), word(to)]);
    }
    Some(Ok(item))
}

fn word(side: Side) -> &'static [u8] {
    match side {
        Side::Left => b"LEFT",
        Side::Right => b"RIGHT",
    }
}
