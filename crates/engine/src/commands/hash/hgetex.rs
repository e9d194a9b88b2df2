//! `HGETEX key [EX seconds | PX milliseconds | EXAT time | PXAT time | PERSIST]
//! FIELDS numfields field [field ...]`

use resp::Args;
use types::Hash;

use super::hget::reply_value;
use super::options::{Expiry, Of, Options};
use super::writer::Writer;
use super::{EXPIRE, EXPIRED, PERSIST, fields, hexpire};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::write::Write;

pub static HGETEX: Command = Command::new(Spec {
    name: "hgetex",
    group: Group::Hash,
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Update)],
    since: "9.0.0",
    complexity: "O(log(N)) for each field where N is the fields with deadlines",
    summary: "Returns the values of fields of a hash, and may set or clear their deadlines.",
    syntax: "HGETEX key [EX seconds | PX milliseconds | EXAT unix-time-seconds | \
             PXAT unix-time-milliseconds | PERSIST] FIELDS numfields field [field ...]",
    run: hgetex,
    ..SPEC
});

/// What happens to each field that is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Goes,
    Until(u64),
    Persists,
}

fn hgetex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let key = args.at(1);
    let end = fields::word_at(args, 2)?;
    let options = Options::parse(args, end, Of::Get)?;
    let fields = fields::counted(args, end, 1)?;
    ctx.keys.hash(key)?;
    let fate = match options.deadline(ctx)? {
        Some(ms) if ctx.keys.is_past(ms) => Fate::Goes,
        Some(ms) => Fate::Until(ms),
        None if options.expiry == Expiry::Persist => Fate::Persists,
        None => Fate::Stays,
    };
    let writer = Writer::new(ctx);
    ctx.reply.array(fields.len());
    let Some(mut hash) = ctx.keys.write::<Hash>(key)? else {
        fields.iter().for_each(|_| ctx.reply.null());
        return Ok(());
    };
    let mut changed: Vec<&[u8]> = Vec::new();
    for field in fields {
        reply_value(&mut ctx.reply, hash.value().live(writer.dead_up_to_ms).get(field));
        if befalls(&mut hash, field, fate, writer) {
            changed.push(field);
        }
    }
    hash.count((changed.len() as u64).saturating_sub(1));
    drop(hash);
    match fate {
        Fate::Stays => {}
        Fate::Goes => {
            writer.count_expired(changed.len() as u64);
            hexpire::log(ctx, key, None, &changed);
        }
        Fate::Until(ms) => hexpire::log(ctx, key, Some(ms), &changed),
        Fate::Persists => log_persist(ctx, key, &changed),
    }
    Ok(())
}

/// Lets a field have its fate; whether that changed something.
fn befalls(hash: &mut Write<'_, Hash>, field: &[u8], fate: Fate, writer: Writer<'_>) -> bool {
    let Some(before) = hash.value().live(writer.dead_up_to_ms).deadline(field) else {
        return false;
    };
    match fate {
        Fate::Stays => return false,
        Fate::Goes => {
            hash.modify(EXPIRED).remove(field, 0);
        }
        Fate::Until(ms) => hash.modify(EXPIRE).set_deadline(field, Some(ms)),
        Fate::Persists if before.is_none() => return false,
        Fate::Persists => hash.modify(PERSIST).set_deadline(field, None),
    }
    true
}

fn log_persist(ctx: &mut Ctx<'_>, key: &[u8], changed: &[&[u8]]) {
    if !changed.is_empty() {
        let count = changed.len().to_string();
        let head: &[&[u8]] = &[b"HPERSIST", key, b"FIELDS", count.as_bytes()];
        ctx.propagate(&[head, changed].concat());
    }
}
