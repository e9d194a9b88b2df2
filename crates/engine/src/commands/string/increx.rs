//! `INCREX key [NX | XX] [BYFLOAT increment | BYINT increment] [LBOUND bound] [UBOUND bound]
//! [SATURATE] [EX seconds | PX milliseconds | EXAT time | PXAT time | PERSIST] [ENX]`
//!
//! A counter with bounds and a deadline in one step: what rate limiters need.

use resp::{Args, Protocol};
use types::long_double::LongDouble;

use super::incrbyfloat::EVENT as FLOAT_EVENT;
use super::options::{Condition, Expiry};
use super::set::deadline;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, integer, is_word};
use crate::commands::deadline::Form;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, PERSIST, event};
use crate::keyspace::handle::{Deadline, Str, put_string, string_of};

const INTEGER_EVENT: Event = event(Class::String, "incrby");

pub static INCREX: Command = Command::new(Spec {
    name: "increx",
    group: Group::String,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Update)],
    since: "8.8.0",
    complexity: "O(1)",
    summary: "Adds to the number at a key within bounds, and may set its deadline.",
    syntax: "INCREX key [NX | XX] [BYFLOAT increment | BYINT increment] [LBOUND lowerbound] \
             [UBOUND upperbound] [SATURATE] [EX seconds | PX milliseconds | \
             EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST] [ENX]",
    run: increx,
    ..SPEC
});

/// What is asked for; numbers are read when it is known of which kind they are.
#[derive(Default)]
struct Options<'a> {
    increment: Option<&'a [u8]>,
    float: bool,
    lower: Option<&'a [u8]>,
    upper: Option<&'a [u8]>,
    saturate: bool,
    expiry: Expiry<'a>,
    only_without_deadline: bool,
    condition: Condition<'a>,
}

fn increx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let key = args.at(1);
    let options = parse(args)?;
    let deadline = deadline(ctx, options.expiry)?;
    let found = ctx.keys.peek(key).map(string_of).transpose()?;
    let existed = found.is_some();
    let old = found.unwrap_or(Str::Int(0)).to_vec();
    let mut step = if options.float { add_floats(&old, &options) } else { add(&old, &options) }?;
    let refused = match options.condition {
        Condition::Absent => existed,
        Condition::Present => !existed,
        _ => false,
    };
    if refused {
        step = Step { new: None, applied: NOTHING.to_vec() };
    }
    if let Some(new) = &step.new {
        let event = if options.float { FLOAT_EVENT } else { INTEGER_EVENT };
        store(ctx, key, (new, event), (&options, deadline));
    }
    ctx.reply.array(2);
    if refused && !existed {
        ctx.reply.null();
    } else {
        reply_number(ctx, step.new.as_deref().unwrap_or(&old), options.float);
    }
    reply_number(ctx, &step.applied, options.float);
    Ok(())
}

fn parse(args: Args<'_>) -> Result<Options<'_>, CommandError> {
    let mut options = Options::default();
    let mut words = Words::new(args, 2);
    while let Some(word) = words.next() {
        let is_float = is_word(word, "BYFLOAT");
        if is_float || is_word(word, "BYINT") {
            options.float = is_float;
            once(&mut options.increment, words.argument()?)?;
        } else if is_word(word, "LBOUND") {
            once(&mut options.lower, words.argument()?)?;
        } else if is_word(word, "UBOUND") {
            once(&mut options.upper, words.argument()?)?;
        } else if is_word(word, "NX") && options.condition != Condition::Present {
            options.condition = Condition::Absent;
        } else if is_word(word, "XX") && options.condition != Condition::Absent {
            options.condition = Condition::Present;
        } else if is_word(word, "SATURATE") {
            options.saturate = true;
        } else if is_word(word, "ENX") {
            options.only_without_deadline = true;
        } else if options.expiry == Expiry::Unsaid && is_word(word, "PERSIST") {
            options.expiry = Expiry::Persist;
        } else if let (Expiry::Unsaid, Some(form)) = (options.expiry, Form::of_word(word)) {
            options.expiry = Expiry::At(form, words.argument()?);
        } else {
            return Err(CommandError::Syntax);
        }
    }
    match options.expiry {
        Expiry::Unsaid if options.only_without_deadline => {
            Err(CommandError::err("ENX flag requires an expiration"))
        }
        Expiry::Persist if options.only_without_deadline => Err(CommandError::Syntax),
        _ => Ok(options),
    }
}

fn once<'a>(place: &mut Option<&'a [u8]>, value: &'a [u8]) -> Result<(), CommandError> {
    if place.replace(value).is_some() { Err(CommandError::Syntax) } else { Ok(()) }
}

/// What the addition gives.
struct Step {
    /// The new number; none where it would be out of bounds.
    new: Option<Vec<u8>>,
    /// What was added.
    applied: Vec<u8>,
}

const NOTHING: &[u8] = b"0";

fn add(old: &[u8], options: &Options<'_>) -> Result<Step, CommandError> {
    let old = integer(old)?;
    let by = options.increment.map_or(Ok(1), integer)?;
    let lower = options.lower.map_or(Ok(i64::MIN), integer)?;
    let upper = options.upper.map_or(Ok(i64::MAX), integer)?;
    if lower > upper {
        return Err(bounds_crossed());
    }
    let sum = i128::from(old) + i128::from(by);
    let bounded = sum.clamp(i128::from(lower), i128::from(upper));
    if bounded != sum && !options.saturate {
        return Ok(Step { new: None, applied: NOTHING.to_vec() });
    }
    let applied = i64::try_from(bounded - i128::from(old))
        .map_err(|_| CommandError::err("increment or decrement would overflow"))?;
    Ok(Step {
        new: Some(bounded.to_string().into_bytes()),
        applied: applied.to_string().into_bytes(),
    })
}

fn add_floats(old: &[u8], options: &Options<'_>) -> Result<Step, CommandError> {
    let parse = |text: &[u8]| LongDouble::parse(text).ok_or(CommandError::NotFloat);
    let infinite = || CommandError::err("increment would produce NaN or Infinity");
    let old = parse(old)?;
    let by = parse(options.increment.unwrap_or(b"1"))?;
    let lower = options.lower.map_or_else(|| Ok(LongDouble::max_value().negated()), parse)?;
    let upper = options.upper.map_or_else(|| Ok(LongDouble::max_value()), parse)?;
    if lower > upper {
        return Err(bounds_crossed());
    }
    if !old.is_finite() || !by.is_finite() {
        return Err(infinite());
    }
    let bound = match old.plus(by) {
        Some(sum) if sum >= lower && sum <= upper => {
            let new = Some(sum.to_string().into_bytes());
            return Ok(Step { new, applied: by.to_string().into_bytes() });
        }
        Some(sum) => {
            if sum < lower {
                lower
            } else {
                upper
            }
        }
        // The sum is beyond the largest number, on the side of what was added.
        None if by < by.negated() => lower,
        None => upper,
    };
    if !options.saturate {
        return Ok(Step { new: None, applied: NOTHING.to_vec() });
    }
    let applied = bound.plus(old.negated()).ok_or_else(infinite)?;
    Ok(Step {
        new: Some(bound.to_string().into_bytes()),
        applied: applied.to_string().into_bytes(),
    })
}

fn bounds_crossed() -> CommandError {
    CommandError::err("LBOUND must be less than or equal to UBOUND")
}

/// Stores the new number under its deadline, and logs both.
fn store(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    (new, event): (&[u8], Event),
    (options, deadline): (&Options<'_>, Deadline),
) {
    let has_deadline = ctx.keys.peek(key).is_some_and(|entry| entry.expire_at_ms().is_some());
    let deadline = match (options.expiry, deadline) {
        (Expiry::Persist, _) => Deadline::Clear,
        (Expiry::At(..), at) if !(options.only_without_deadline && has_deadline) => at,
        _ => Deadline::Keep,
    };
    let mut digits = itoa::Buffer::new();
    if let Deadline::At(ms) = deadline
        && ctx.keys.is_past(ms)
    {
        return ctx.keys.remove_as_expired(key);
    }
    ctx.keys.set(key, put_string(new), deadline, event);
    match deadline {
        Deadline::At(ms) => {
            ctx.keys.note_expire(key);
            ctx.propagate(&[b"SET", key, new, b"PXAT", digits.format(ms).as_bytes()]);
        }
        Deadline::Clear => {
            if has_deadline {
                ctx.keys.effects.note_event(PERSIST, ctx.keys.db, key);
            }
            ctx.propagate(&[b"SET", key, new]);
        }
        Deadline::Keep => ctx.propagate(&[b"SET", key, new, b"KEEPTTL"]),
    }
}

/// An integer, or a double where the protocol has them.
fn reply_number(ctx: &mut Ctx<'_>, text: &[u8], float: bool) {
    let as_text = || str::from_utf8(text).unwrap_or_default();
    if !float {
        ctx.reply.integer(as_text().parse().unwrap_or_default());
    } else if ctx.reply.protocol() == Protocol::Resp3 {
        ctx.reply.double(as_text().parse().unwrap_or_default());
    } else {
        ctx.reply.bulk(text);
    }
}
