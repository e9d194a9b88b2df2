//! `HSETEX key [NX | XX] [FNX | FXX] [EX seconds | PX milliseconds | EXAT time | PXAT time |
//! KEEPTTL] FIELDS numfields field value [field value ...]`

use resp::Args;
use types::Hash;
use types::hash::{Lifetime, Was};

use super::options::{Expiry, Of, Options};
use super::writer::Writer;
use super::{EXPIRE, EXPIRED, SET, fields, hexpire};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{DEL, NEW};
use crate::keyspace::handle::object_of;

pub static HSETEX: Command = Command::new(Spec {
    name: "hsetex",
    group: Group::Hash,
    arity: Arity::AtLeast(6),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Insert)],
    since: "9.0.0",
    complexity: "O(log(N)) for each field where N is the fields with deadlines",
    summary: "Gives fields of a hash values and a deadline, if conditions hold.",
    syntax: "HSETEX key [NX | XX] [FNX | FXX] [EX seconds | PX milliseconds | \
             EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL] \
             FIELDS numfields field value [field value ...]",
    run: hsetex,
    ..SPEC
});

fn hsetex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let key = args.at(1);
    let end = fields::word_at(args, 2)?;
    let options = Options::parse(args, end, Of::Set)?;
    let fields = fields::counted(args, end, 2)?;
    let exists = ctx.keys.peek(key).map(object_of::<Hash>).transpose()?.is_some();
    if options.key_exists.is_some_and(|wanted| wanted != exists) {
        ctx.reply.integer(0);
        return Ok(());
    }
    let deadline = options.deadline(ctx)?;
    let holds = conditions_hold(ctx, key, fields, options.fields_exist)?;
    ctx.reply.integer(i64::from(holds));
    match deadline {
        _ if !holds => Ok(()),
        Some(ms) if ctx.keys.is_past(ms) => remove(ctx, key, fields),
        Some(_) | None => set(ctx, key, fields, (options.expiry, deadline)),
    }
}

/// The names among fields and values.
fn names(fields: Args<'_>) -> impl Iterator<Item = &[u8]> {
    (0..fields.len()).step_by(2).map(move |at| fields.at(at))
}

/// Whether all fields are there, or none of them, as asked for.
fn conditions_hold(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    fields: Args<'_>,
    wanted: Option<bool>,
) -> Result<bool, CommandError> {
    let Some(wanted) = wanted else { return Ok(true) };
    let dead_up_to_ms = ctx.keys.mark.dead_up_to_ms;
    let hash = ctx.keys.peek(key).map(object_of::<Hash>).transpose()?;
    let hash = hash.map(|hash| hash.live(dead_up_to_ms));
    let is_there = |name: &[u8]| hash.is_some_and(|hash| hash.contains(name));
    Ok(names(fields).all(|name| is_there(name) == wanted))
}

fn set(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    fields: Args<'_>,
    (expiry, deadline): (Expiry<'_>, Option<u64>),
) -> Result<(), CommandError> {
    let (sizes, writer) = (ctx.sizes(), Writer::new(ctx));
    let lifetime = match deadline {
        Some(ms) => Lifetime::Until(ms),
        None if expiry == Expiry::Keep => Lifetime::Kept,
        None => Lifetime::Endless,
    };
    let mut hash = ctx.keys.write_or_create::<Hash>(key)?;
    let pairs = hash.modify(if deadline.is_some() { EXPIRE } else { SET });
    // compat: a field that is named twice counts once for the encoding, other than with HSET.
    let mut expired: Vec<&[u8]> = Vec::new();
    for at in (0..fields.len()).step_by(2) {
        let pair = (fields.at(at), fields.at(at + 1));
        if pairs.set(pair, lifetime, writer.dead_up_to_ms, &sizes) == Was::Expired {
            expired.push(pair.0);
        }
    }
    writer.note_expired(&mut hash, expired.len() as u64);
    if deadline.is_some() {
        hash.note(SET);
    }
    hash.count(fields.len() as u64 / 2 - 1);
    drop(hash);
    if lifetime == Lifetime::Kept {
        // Who reads the log would keep the deadlines of fields that are past them here.
        hexpire::log(ctx, key, None, &expired);
    }
    log(ctx, key, fields, lifetime);
    Ok(())
}

/// Logs what was set, without conditions and with the deadline as a moment.
fn log(ctx: &mut Ctx<'_>, key: &[u8], fields: Args<'_>, lifetime: Lifetime) {
    let (mut ms, mut count) = (itoa::Buffer::new(), itoa::Buffer::new());
    let mut words: Vec<&[u8]> = vec![b"HSETEX", key];
    match lifetime {
        Lifetime::Until(at_ms) => words.extend([b"PXAT", ms.format(at_ms).as_bytes()]),
        Lifetime::Kept => words.push(b"KEEPTTL"),
        Lifetime::Endless => {}
    }
    words.extend([b"FIELDS", count.format(fields.len() / 2).as_bytes()]);
    words.extend(fields.iter());
    ctx.propagate(&words);
}

/// What is set with a deadline that is past goes instead.
fn remove(ctx: &mut Ctx<'_>, key: &[u8], fields: Args<'_>) -> Result<(), CommandError> {
    let writer = Writer::new(ctx);
    writer.count_expired(fields.len() as u64 / 2);
    let mut removed: Vec<&[u8]> = Vec::new();
    let exists = ctx.keys.peek(key).is_some();
    if let Some(mut hash) = ctx.keys.write::<Hash>(key)? {
        for name in names(fields) {
            if hash.value().live(0).contains(name) {
                hash.modify(EXPIRED).remove(name, 0);
                removed.push(name);
            }
        }
        if !removed.is_empty() {
            hash.note(SET);
            hash.note(EXPIRE);
            hash.count(removed.len() as u64 - 1);
        }
    }
    if removed.is_empty() {
        // compat: all events of a key that was made and has gone again, though nothing changed.
        let made = [NEW, SET, EXPIRE, EXPIRED, DEL];
        let events = if exists { &made[1..4] } else { &made[..] };
        let (effects, db) = (&mut *ctx.keys.effects, ctx.keys.db);
        events.iter().for_each(|event| effects.note_event(*event, db, key));
    }
    hexpire::log(ctx, key, None, &removed);
    Ok(())
}
