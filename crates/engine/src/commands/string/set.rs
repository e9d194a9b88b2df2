//! `SET key value [NX | XX | IFEQ value | IFNE value | IFDEQ digest | IFDNE digest] [GET]
//! [EX seconds | PX milliseconds | EXAT time | PXAT time | KEEPTTL]`
//!
//! HOT: the form without options.

use resp::Args;

use super::options::{Condition, Expiry, Kin, Options};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::deadline::Form;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SET as EVENT;
use crate::keyspace::handle::{Deadline, put_string, string_of};

pub static SET: Command = Command::new(Spec {
    name: "set",
    group: Group::String,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Variable)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Gives a key a string, whatever it held before.",
    syntax: "SET key value [NX | XX | IFEQ value | IFNE value | IFDEQ digest | IFDNE digest] \
             [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | \
             PXAT unix-time-milliseconds | KEEPTTL]",
    run: set,
    ..SPEC
});

fn set(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if args.len() == 3 {
        ctx.keys.set(args.at(1), put_string(args.at(2)), Deadline::Clear, EVENT);
        ctx.reply.ok();
        return Ok(());
    }
    let options = Options::parse(args, 3, Kin::Set)?;
    match set_string(ctx, (args.at(1), args.at(2)), options)? {
        Done::Set if !options.get => ctx.reply.ok(),
        Done::Refused if !options.get => ctx.reply.null(),
        Done::Set | Done::Refused => {}
    }
    let verbatim = !options.get
        && !options.condition.compares()
        && !matches!(options.expiry, Expiry::At(form, _) if form != Form::AtMilliseconds);
    if !verbatim && ctx.keys.effects.changed() {
        propagate(ctx, (args.at(1), args.at(2)), options)?;
    }
    Ok(())
}

/// What became of a conditional SET.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Done {
    /// The key has the value, or would have it if its deadline were not past.
    Set,
    /// The condition does not hold.
    Refused,
}

/// Sets a string under all options. With `GET` the reply is written; else it is the caller's.
pub(super) fn set_string(
    ctx: &mut Ctx<'_>,
    (key, value): (&[u8], &[u8]),
    options: Options<'_>,
) -> Result<Done, CommandError> {
    let deadline = deadline(ctx, options.expiry)?;
    if options.get {
        match ctx.keys.string(key)? {
            Some(old) => old.reply(&mut ctx.reply),
            None => ctx.reply.null(),
        }
    }
    let (found, holds) = check(ctx, key, options.condition)?;
    if !holds {
        return Ok(Done::Refused);
    }
    match deadline {
        Deadline::At(ms) if ctx.keys.is_past(ms) => {
            if found {
                ctx.keys.remove_as_expired(key);
            }
        }
        Deadline::At(_) => {
            ctx.keys.set(key, put_string(value), deadline, EVENT);
            ctx.keys.note_expire(key);
        }
        Deadline::Keep | Deadline::Clear => {
            ctx.keys.set(key, put_string(value), deadline, EVENT);
        }
    }
    Ok(Done::Set)
}

/// The deadline that the options ask for.
pub(super) fn deadline(ctx: &Ctx<'_>, expiry: Expiry<'_>) -> Result<Deadline, CommandError> {
    Ok(match expiry {
        Expiry::Unsaid | Expiry::Persist => Deadline::Clear,
        Expiry::Keep => Deadline::Keep,
        Expiry::At(form, text) => {
            Deadline::At(form.parse_positive(text, ctx.now_ms(), ctx.command.name())?)
        }
    })
}

/// Whether there is a key, and whether the condition holds for it.
fn check(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    condition: Condition<'_>,
) -> Result<(bool, bool), CommandError> {
    match ctx.keys.peek(key) {
        None => Ok((false, condition.holds_for_none())),
        Some(entry) if condition.compares() => Ok((true, condition.holds_for(string_of(entry)?))),
        Some(_) => Ok((true, condition != Condition::Absent)),
    }
}

/// Logs the effect: the value with an absolute deadline, without condition.
fn propagate(
    ctx: &mut Ctx<'_>,
    (key, value): (&[u8], &[u8]),
    options: Options<'_>,
) -> Result<(), CommandError> {
    match deadline(ctx, options.expiry)? {
        // `remove_as_expired` has logged the removal.
        Deadline::At(ms) if ctx.keys.is_past(ms) => {}
        Deadline::At(ms) => propagate_with_deadline(ctx, (key, value), ms),
        Deadline::Keep => ctx.propagate(&[b"SET", key, value, b"KEEPTTL"]),
        Deadline::Clear => ctx.propagate(&[b"SET", key, value]),
    }
    Ok(())
}

/// Logs a string with its deadline.
pub(super) fn propagate_with_deadline(ctx: &mut Ctx<'_>, (key, value): (&[u8], &[u8]), ms: u64) {
    let mut digits = itoa::Buffer::new();
    ctx.propagate(&[b"SET", key, value, b"PXAT", digits.format(ms).as_bytes()]);
}
