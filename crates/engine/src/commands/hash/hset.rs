//! `HSET key field value [field value ...]`, `HMSET`, `HSETNX key field value`

use resp::Args;
use types::Hash;
use types::hash::{Lifetime, Was};

use super::SET;
use super::writer::{Writer, log_value};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static HSET: Command = Command::new(Spec {
    name: "hset",
    group: Group::Hash,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    since: "2.0.0",
    complexity: "O(1) for each field",
    summary: "Gives fields of a hash values, and returns how many fields are new.",
    syntax: "HSET key field value [field value ...]",
    element: 2,
    run: hset,
    ..SPEC
});

pub static HMSET: Command = Command::new(Spec {
    name: "hmset",
    group: Group::Hash,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    since: "2.0.0",
    complexity: "O(1) for each field",
    summary: "Gives fields of a hash values.",
    syntax: "HMSET key field value [field value ...]",
    element: 2,
    run: hmset,
    ..SPEC
});

pub static HSETNX: Command = Command::new(Spec {
    name: "hsetnx",
    group: Group::Hash,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Insert)],
    since: "2.0.0",
    complexity: "O(1)",
    summary: "Gives a field of a hash a value, if the hash has no such field.",
    syntax: "HSETNX key field value",
    element: 2,
    run: hsetnx,
    ..SPEC
});

fn hset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let new = set_all(ctx, args, "hset")?;
    ctx.reply.integer(new as i64);
    Ok(())
}

fn hmset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    set_all(ctx, args, "hmset")?;
    ctx.reply.ok();
    Ok(())
}

/// Sets all fields; gives how many are new.
fn set_all(ctx: &mut Ctx<'_>, args: Args<'_>, name: &str) -> Result<usize, CommandError> {
    if !args.len().is_multiple_of(2) {
        return Err(CommandError::WrongArity(name.into()));
    }
    let (sizes, count) = (ctx.sizes(), (args.len() - 2) / 2);
    let writer = Writer::new(ctx);
    let mut hash = ctx.keys.write_or_create::<Hash>(args.at(1))?;
    let fields = hash.modify(SET);
    fields.expect(count, args.tail(2).iter(), &sizes);
    let (mut new, mut expired) = (0, 0);
    for index in 0..count {
        let pair = (args.at(2 + 2 * index), args.at(3 + 2 * index));
        let was = fields.set(pair, Lifetime::Endless, writer.dead_up_to_ms, &sizes);
        new += usize::from(was != Was::There);
        expired += u64::from(was == Was::Expired);
    }
    writer.note_expired(&mut hash, expired);
    hash.count(count as u64 - 1);
    Ok(new)
}

fn hsetnx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, field, value) = (args.at(1), args.at(2), args.at(3));
    let (sizes, writer) = (ctx.sizes(), Writer::new(ctx));
    let mut hash = ctx.keys.write_or_create::<Hash>(key)?;
    let is_new = !hash.value().live(writer.dead_up_to_ms).contains(field);
    if is_new {
        let was_timed = hash.value().is_timed();
        writer.update(&mut hash, SET, (field, value), &sizes);
        drop(hash);
        if was_timed {
            // Who reads the log may still have a field that is past its deadline here.
            log_value(ctx, key, (field, value), None);
        }
    }
    ctx.reply.integer(i64::from(is_new));
    Ok(())
}
