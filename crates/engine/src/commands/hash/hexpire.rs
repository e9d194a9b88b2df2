//! `HEXPIRE key seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]`, `HPEXPIRE`,
//! `HEXPIREAT`, `HPEXPIREAT`

use resp::Args;
use types::Hash;

use super::options::moment;
use super::writer::Writer;
use super::{EXPIRE, EXPIRED, fields};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::deadline::{Conditions, Form};
use crate::ctx::Ctx;
use crate::error::CommandError;

/// What the four have in common.
const DEADLINE: Spec = Spec {
    group: Group::Hash,
    arity: Arity::AtLeast(6),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    since: "9.0.0",
    complexity: "O(log(N)) for each field where N is the fields with deadlines",
    ..SPEC
};

pub static HEXPIRE: Command = Command::new(Spec {
    name: "hexpire",
    summary: "Sets the time to live of fields of a hash, in seconds.",
    syntax: "HEXPIRE key seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
    run: |ctx, args| hexpire(ctx, args, Form::Seconds),
    ..DEADLINE
});

pub static HPEXPIRE: Command = Command::new(Spec {
    name: "hpexpire",
    summary: "Sets the time to live of fields of a hash, in milliseconds.",
    syntax: "HPEXPIRE key milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]",
    run: |ctx, args| hexpire(ctx, args, Form::Milliseconds),
    ..DEADLINE
});

pub static HEXPIREAT: Command = Command::new(Spec {
    name: "hexpireat",
    summary: "Sets the deadline of fields of a hash, in seconds since 1970.",
    syntax: "HEXPIREAT key unix-time-seconds [NX | XX | GT | LT] FIELDS numfields field \
             [field ...]",
    run: |ctx, args| hexpire(ctx, args, Form::AtSeconds),
    ..DEADLINE
});

pub static HPEXPIREAT: Command = Command::new(Spec {
    name: "hpexpireat",
    summary: "Sets the deadline of fields of a hash, in milliseconds since 1970.",
    syntax: "HPEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT] FIELDS numfields field \
             [field ...]",
    run: |ctx, args| hexpire(ctx, args, Form::AtMilliseconds),
    ..DEADLINE
});

const NO_FIELD: i64 = -2;
const REFUSED: i64 = 0;
const SET: i64 = 1;
const GONE: i64 = 2;

fn hexpire(ctx: &mut Ctx<'_>, args: Args<'_>, form: Form) -> Result<(), CommandError> {
    let key = args.at(1);
    let end = fields::word_at(args, 3)?;
    let conditions = Conditions::parse((3..end).map(|at| args.at(at)))?;
    let fields = fields::counted(args, end, 1)?;
    let at_ms = moment(ctx, form, args.at(2))?;
    let (past, writer) = (ctx.keys.is_past(at_ms), Writer::new(ctx));
    let Some(mut hash) = ctx.keys.write::<Hash>(key)? else {
        ctx.reply.array(fields.len());
        fields.iter().for_each(|_| ctx.reply.integer(NO_FIELD));
        return Ok(());
    };
    ctx.reply.array(fields.len());
    let mut changed: Vec<&[u8]> = Vec::new();
    for field in fields {
        let result = match hash.value().live(writer.dead_up_to_ms).deadline(field) {
            None => NO_FIELD,
            Some(before) if !conditions.hold(before, at_ms) => REFUSED,
            Some(_) if past => GONE,
            Some(_) => SET,
        };
        match result {
            GONE => {
                hash.modify(EXPIRED).remove(field, 0);
                changed.push(field);
            }
            SET => {
                hash.modify(EXPIRE).set_deadline(field, Some(at_ms));
                changed.push(field);
            }
            _ => {}
        }
        ctx.reply.integer(result);
    }
    hash.count((changed.len() as u64).saturating_sub(1));
    drop(hash);
    if past {
        writer.count_expired(changed.len() as u64);
    }
    log(ctx, key, (!past).then_some(at_ms), &changed);
    Ok(())
}

/// Logs that fields got a deadline, or went.
pub(super) fn log(ctx: &mut Ctx<'_>, key: &[u8], deadline: Option<u64>, changed: &[&[u8]]) {
    if changed.is_empty() {
        return;
    }
    let (mut ms, mut count) = (itoa::Buffer::new(), itoa::Buffer::new());
    let count = count.format(changed.len()).as_bytes();
    let head: &[&[u8]] = match deadline {
        Some(at_ms) => &[b"HPEXPIREAT", key, ms.format(at_ms).as_bytes(), b"FIELDS", count],
        None => &[b"HDEL", key],
    };
    ctx.propagate(&[head, changed].concat());
}
