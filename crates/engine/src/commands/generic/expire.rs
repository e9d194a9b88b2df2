//! `EXPIRE key seconds [NX | XX | GT | LT]`, `PEXPIRE key milliseconds ...`,
//! `EXPIREAT key unix-time-seconds ...`, `PEXPIREAT key unix-time-milliseconds ...`

use resp::Args;
use structures::entry::EntryRef;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::Words;
use crate::commands::deadline::{Conditions, Form};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::EXPIRE as EVENT;

/// What the four have in common.
const DEADLINE: Spec = Spec {
    group: Group::Generic,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    complexity: "O(1)",
    ..SPEC
};

pub static EXPIRE: Command = Command::new(Spec {
    name: "expire",
    since: "1.0.0",
    summary: "Sets the time to live of a key, in seconds.",
    syntax: "EXPIRE key seconds [NX | XX | GT | LT]",
    run: |ctx, args| expire(ctx, args, Form::Seconds),
    ..DEADLINE
});

pub static PEXPIRE: Command = Command::new(Spec {
    name: "pexpire",
    since: "2.6.0",
    summary: "Sets the time to live of a key, in milliseconds.",
    syntax: "PEXPIRE key milliseconds [NX | XX | GT | LT]",
    run: |ctx, args| expire(ctx, args, Form::Milliseconds),
    ..DEADLINE
});

pub static EXPIREAT: Command = Command::new(Spec {
    name: "expireat",
    since: "1.2.0",
    summary: "Sets the deadline of a key, in seconds since 1970.",
    syntax: "EXPIREAT key unix-time-seconds [NX | XX | GT | LT]",
    run: |ctx, args| expire(ctx, args, Form::AtSeconds),
    ..DEADLINE
});

pub static PEXPIREAT: Command = Command::new(Spec {
    name: "pexpireat",
    since: "2.6.0",
    summary: "Sets the deadline of a key, in milliseconds since 1970.",
    syntax: "PEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT]",
    run: |ctx, args| expire(ctx, args, Form::AtMilliseconds),
    ..DEADLINE
});

fn expire(ctx: &mut Ctx<'_>, args: Args<'_>, form: Form) -> Result<(), CommandError> {
    let key = args.at(1);
    let conditions = Conditions::parse(Words::new(args, 3))?;
    let at_ms = form.parse(args.at(2), ctx.now_ms(), ctx.command.name())?;
    // A deadline before 1970 is as past as 1970.
    let at_ms = u64::try_from(at_ms).unwrap_or(0);
    let before = ctx.keys.peek(key).map(EntryRef::expire_at_ms);
    let applies = before.is_some_and(|before| conditions.hold(before, at_ms));
    ctx.reply.integer(i64::from(applies));
    if !applies {
        return Ok(());
    }
    if ctx.keys.is_past(at_ms) {
        ctx.keys.remove_as_expired(key);
    } else {
        ctx.keys.set_expiry(key, Some(at_ms), EVENT);
        let mut digits = itoa::Buffer::new();
        ctx.propagate(&[b"PEXPIREAT", key, digits.format(at_ms).as_bytes()]);
    }
    Ok(())
}
