//! Taking elements from the ends of lists and putting them there: what commands and the serving of
//! blocked clients have in common.

use resp::Reply;
use types::{Fill, Item, List, Object, Side};

use crate::config::Config;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::Keyspace;

const LPOP: Event = event(Class::List, "lpop");
const RPOP: Event = event(Class::List, "rpop");
const LPUSH: Event = event(Class::List, "lpush");
const RPUSH: Event = event(Class::List, "rpush");

/// Elements that move from one list to another, all at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Several {
    /// How many.
    pub count: usize,
    /// So many or none.
    pub exactly: bool,
    /// They keep the order that they have in the source; else they arrive as if one by one.
    pub in_bulk: bool,
}

impl Several {
    /// Whether a source with so many elements will do.
    pub fn is_served_by(self, len: usize) -> bool {
        len >= if self.exactly { self.count } else { 1 }
    }
}

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

/// The command that takes elements from this end.
pub const fn pop_name(side: Side) -> &'static [u8] {
    match side {
        Side::Left => b"LPOP",
        Side::Right => b"RPOP",
    }
}

const fn push_name(side: Side) -> &'static [u8] {
    match side {
        Side::Left => b"LPUSH",
        Side::Right => b"RPUSH",
    }
}

const fn word(side: Side) -> &'static [u8] {
    match side {
        Side::Left => b"left",
        Side::Right => b"right",
    }
}

/// How large a list in one block may be.
pub fn fill(config: &Config) -> Fill {
    Fill(config.encodings.list_max_listpack_size)
}

/// Replies with an element of a list.
#[inline]
pub fn reply_item(reply: &mut Reply<'_>, item: Item<'_>) {
    reply.bulk(item.bytes(&mut itoa::Buffer::new()));
}

/// Replies with elements that were moved.
pub fn reply_moved(reply: &mut Reply<'_>, moved: Option<Vec<Vec<u8>>>) {
    match moved {
        Some(items) => {
            reply.array(items.len());
            items.iter().for_each(|item| reply.bulk(item));
        }
        None => reply.null_array(),
    }
}

/// Takes up to `count` elements, which is not 0, from an end, and replies with them as an array;
/// where there is no list, with nothing. Gives how many these were.
///
/// # Errors
///
/// `WrongType`.
pub fn pop_several(
    keys: &mut Keyspace<'_>,
    (key, side, count): (&[u8], Side, usize),
    fill: Fill,
    reply: &mut Reply<'_>,
) -> Result<usize, CommandError> {
    let Some(mut list) = keys.write::<List>(key)? else { return Ok(0) };
    let count = count.min(list.value().len());
    reply.array(count);
    elements_from(list.value(), side).take(count).for_each(|item| reply_item(reply, item));
    list.modify(pop_event(side)).pop(side, count, fill);
    list.count(count as u64 - 1);
    Ok(count)
}

/// The elements of a list, which is not empty, nearest to an end first.
fn elements_from(list: &List, side: Side) -> types::list::Elements<'_> {
    match side {
        Side::Left => list.iter(),
        Side::Right => list.iter_back_from(list.len() - 1),
    }
}

/// Takes an element from one end of a list.
pub fn pop(ctx: &mut Ctx<'_>, key: &[u8], side: Side) -> Option<Vec<u8>> {
    let fill = fill(ctx.config);
    let mut list = ctx.keys.write::<List>(key).ok()??;
    let element = list.value().first(side).map(Item::to_vec);
    list.modify(pop_event(side)).pop(side, 1, fill);
    element
}

fn push(ctx: &mut Ctx<'_>, (key, side): (&[u8], Side), items: &[Vec<u8>]) {
    let fill = fill(ctx.config);
    let Ok(mut list) = ctx.keys.write_or_create::<List>(key) else { return };
    let value = list.modify(push_event(side));
    value.push_all(side, items.iter().map(Vec::as_slice), fill);
    list.count(items.len() as u64 - 1);
}

/// Whether elements could move from one key to the other: `Ok(None)` where the source is none,
/// else how many it has.
fn source_len(
    ctx: &mut Ctx<'_>,
    source: &[u8],
    destination: &[u8],
) -> Result<Option<usize>, CommandError> {
    let Some(len) = ctx.keys.read::<List>(source)?.map(List::len) else { return Ok(None) };
    ctx.keys.write::<List>(destination).map(drop)?;
    Ok(Some(len))
}

/// Moves an element from one list to another, and logs that. `None` where there is none.
///
/// # Errors
///
/// `WrongType`.
pub fn move_element(
    ctx: &mut Ctx<'_>,
    (source, from): (&[u8], Side),
    (destination, to): (&[u8], Side),
    legacy: bool,
) -> Result<Option<Vec<u8>>, CommandError> {
    if source_len(ctx, source, destination)?.is_none() {
        return Ok(None);
    }
    let list = ctx.keys.read::<List>(source)?;
    let Some(item) = list.and_then(|list| list.first(from)).map(Item::to_vec) else {
        return Ok(None);
    };
    if source == destination {
        rotate(ctx, source, from, to);
    } else {
        push(ctx, (destination, to), std::slice::from_ref(&item));
        pop(ctx, source, from);
        // compat: a move counts as one change, not as two.
        ctx.keys.effects.dirty -= 1;
    }
    if legacy {
        ctx.propagate(&[b"RPOPLPUSH", source, destination]);
    } else {
        ctx.propagate(&[b"LMOVE", source, destination, word(from), word(to)]);
    }
    Ok(Some(item))
}

/// Moves an element of a list to an end of the same list; told of as a push and a pop.
fn rotate(ctx: &mut Ctx<'_>, key: &[u8], from: Side, to: Side) {
    let fill = fill(ctx.config);
    let Ok(Some(mut list)) = ctx.keys.write::<List>(key) else { return };
    list.note(push_event(to));
    list.modify(pop_event(from)).rotate(from, to, fill);
}

/// Moves several elements from one list to another. Gives them in the order that they then have,
/// or `None` where there are not enough.
///
/// # Errors
///
/// `WrongType`.
pub fn move_several(
    ctx: &mut Ctx<'_>,
    (source, from): (&[u8], Side),
    (destination, to): (&[u8], Side),
    several: Several,
) -> Result<Option<Vec<Vec<u8>>>, CommandError> {
    let len = source_len(ctx, source, destination)?.unwrap_or(0);
    if !several.is_served_by(len) {
        return Ok(None);
    }
    let count = several.count.min(len);
    let Some(list) = ctx.keys.read::<List>(source)? else { return Ok(None) };
    let mut items: Vec<_> = elements_from(list, from).take(count).map(Item::to_vec).collect();
    // Pushed in this order they become in bulk what they were in the source.
    if several.in_bulk && from == to {
        items.reverse();
    }
    if source != destination {
        transfer(ctx, (source, from), (destination, to), &items);
    } else if from != to {
        // One by one, so that the list is never empty in between.
        for _ in 0..count {
            move_element(ctx, (source, from), (destination, to), false)?;
        }
    }
    if to == Side::Left {
        items.reverse();
    }
    Ok(Some(items))
}

/// Takes as many elements as these from one list, pushes these to another, and logs that in words
/// that every replica knows.
fn transfer(
    ctx: &mut Ctx<'_>,
    (source, from): (&[u8], Side),
    destination: (&[u8], Side),
    items: &[Vec<u8>],
) {
    let fill = fill(ctx.config);
    if let Ok(Some(mut list)) = ctx.keys.write::<List>(source) {
        list.modify(pop_event(from)).pop(from, items.len(), fill);
        list.count(items.len() as u64 - 1);
    }
    push(ctx, destination, items);
    ctx.keys.effects.dirty -= items.len() as u64;
    ctx.propagate(&[pop_name(from), source, items.len().to_string().as_bytes()]);
    log_push(ctx, destination, items);
}

fn log_push(ctx: &mut Ctx<'_>, (key, side): (&[u8], Side), items: &[Vec<u8>]) {
    let mut record: Vec<&[u8]> = vec![push_name(side), key];
    record.extend(items.iter().map(Vec::as_slice));
    ctx.propagate(&record);
}
