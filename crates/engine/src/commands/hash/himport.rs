//! `HIMPORT PREPARE fieldset field [field ...]`, `HIMPORT SET key fieldset value [value ...]`,
//! `HIMPORT DISCARD fieldset`, `HIMPORT DISCARDALL`
//!
//! Who makes many hashes with the same fields says their names once.

use std::collections::HashSet;

use resp::Args;
use structures::Put;
use types::{Hash, Kind};

use super::SET as EVENT;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::{Deadline, object_of};
use crate::session::FieldSets;

pub static HIMPORT: Command = Command::new(Spec {
    name: "himport",
    group: Group::Hash,
    arity: Arity::AtLeast(2),
    since: "8.10.0",
    complexity: "Depends on the subcommand",
    summary: "Makes hashes that have the same fields.",
    syntax: "HIMPORT subcommand [arguments]",
    subcommands: &[&DISCARD, &DISCARDALL, &PREPARE, &SET],
    ..SPEC
});

static PREPARE: Command = Command::new(Spec {
    name: "prepare",
    group: Group::Hash,
    arity: Arity::AtLeast(4),
    flags: &[Flag::NoScript],
    since: "8.10.0",
    complexity: "O(N) where N is the number of fields",
    summary: "Names the fields of hashes that the connection is going to make.",
    syntax: "HIMPORT PREPARE fieldset field [field ...]",
    run: prepare,
    ..SPEC
});

static SET: Command = Command::new(Spec {
    name: "set",
    group: Group::Hash,
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::DenyOom, Flag::NoScript],
    keys: &[key(2, Access::Overwrite)],
    since: "8.10.0",
    complexity: "O(N) where N is the number of fields",
    summary: "Makes a hash of values whose fields were named before, in place of the one there.",
    syntax: "HIMPORT SET key fieldset value [value ...]",
    run: set,
    ..SPEC
});

static DISCARD: Command = Command::new(Spec {
    name: "discard",
    group: Group::Hash,
    arity: Arity::Exactly(3),
    flags: &[Flag::NoScript],
    since: "8.10.0",
    complexity: "O(N) where N is the number of fields",
    summary: "Forgets fields that were named.",
    syntax: "HIMPORT DISCARD fieldset",
    run: discard,
    ..SPEC
});

static DISCARDALL: Command = Command::new(Spec {
    name: "discardall",
    group: Group::Hash,
    arity: Arity::Exactly(2),
    flags: &[Flag::NoScript],
    since: "8.10.0",
    complexity: "O(N) where N is the number of all fields",
    summary: "Forgets all fields that were named on the connection.",
    syntax: "HIMPORT DISCARDALL",
    run: discardall,
    ..SPEC
});

fn prepare(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (name, fields) = (args.at(2), args.tail(3));
    let mut seen = HashSet::new();
    if !fields.iter().all(|field| seen.insert(field)) {
        return Err(CommandError::err("a field is named twice"));
    }
    let limit = ctx.config.clients.client_query_buffer_limit_bytes;
    let sets = ctx.session.field_sets.get_or_insert_default();
    forget(sets, name);
    let bytes = size(name, fields.iter());
    if (sets.bytes + bytes) as u64 > limit {
        return Err(CommandError::err("the fieldsets of the connection are too large"));
    }
    sets.bytes += bytes;
    sets.sets.insert(name.into(), fields.iter().map(Into::into).collect());
    account(ctx);
    ctx.reply.ok();
    Ok(())
}

/// Shows what the sets count as memory of the client.
fn account(ctx: &Ctx<'_>) {
    let bytes = ctx.session.field_sets.as_ref().map_or(0, |sets| sets.bytes);
    ctx.session.info.field_set_bytes.set(bytes as u64);
}

/// What the names of a set count.
fn size<'a>(name: &[u8], fields: impl Iterator<Item = &'a [u8]>) -> usize {
    name.len() + fields.map(|field| field.len() + size_of::<Box<[u8]>>()).sum::<usize>()
}

/// Takes a set out; whether it was there.
fn forget(sets: &mut FieldSets, name: &[u8]) -> bool {
    let Some(fields) = sets.sets.remove(name) else { return false };
    sets.bytes -= size(name, fields.iter().map(|field| &**field));
    true
}

fn set(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    // The session is needed for the reply too, so the sets leave it for a moment.
    let sets = ctx.session.field_sets.take();
    let fields = sets.as_ref().and_then(|sets| sets.sets.get(args.at(3)));
    let result = match fields {
        Some(fields) => set_fields(ctx, args, fields),
        None => Err(CommandError::err("no such fieldset")),
    };
    ctx.session.field_sets = sets;
    result
}

fn set_fields(ctx: &mut Ctx<'_>, args: Args<'_>, fields: &[Box<[u8]>]) -> Result<(), CommandError> {
    let (key, values, sizes) = (args.at(2), args.tail(4), ctx.sizes());
    if values.len() != fields.len() {
        return Err(CommandError::err("the number of values is not that of the fields"));
    }
    let exists = ctx.keys.peek(key).map(object_of::<Hash>).transpose()?.is_some();
    let mut hash = Hash::default();
    hash.expect(fields.len(), values.iter(), &sizes);
    let mut words: Vec<&[u8]> = vec![b"HSET", key];
    for (field, value) in fields.iter().zip(values) {
        hash.insert(field, value, &sizes);
        words.extend([field, value]);
    }
    let value = Put::Object(Box::new(hash.into_value()));
    ctx.keys.set(key, value, Deadline::Clear, EVENT);
    ctx.keys.effects.dirty += fields.len() as u64 - 1;
    if exists {
        ctx.propagate(&[b"DEL", key]);
    }
    ctx.propagate(&words);
    ctx.reply.ok();
    Ok(())
}

fn discard(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let sets = ctx.session.field_sets.as_mut();
    let known = sets.is_some_and(|sets| forget(sets, args.at(2)));
    account(ctx);
    ctx.reply.integer(i64::from(known));
    Ok(())
}

fn discardall(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let sets = ctx.session.field_sets.take();
    account(ctx);
    ctx.reply.integer(sets.map_or(0, |sets| sets.sets.len()) as i64);
    Ok(())
}
