//! `XADD key [NOMKSTREAM] [KEEPREF|DELREF|ACKED] [MAXLEN|MINID [=|~] threshold [LIMIT count]]
//! *|id field value [field value ...]`

use resp::Args;
use types::Stream;
use types::stream::{Id, IdText, Trim, number};

use super::ids::id;
use super::replies::reply_id;
use super::trimming::{ExactTrim, Trimming};
use super::{XADD_EVENT, XTRIM_EVENT, node_limits};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static XADD: Command = Command::new(Spec {
    name: "xadd",
    group: Group::Stream,
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    since: "5.0.0",
    complexity: "O(1), and O(N) in the number of entries that are trimmed",
    summary: "Adds an entry to a stream and returns its id.",
    syntax: "XADD key [NOMKSTREAM] [KEEPREF|DELREF|ACKED] \
             [MAXLEN|MINID [=|~] threshold [LIMIT count]] *|id field value [field value ...]",
    tips: &["nondeterministic_output"],
    run: xadd,
    ..SPEC
});

/// Which id an entry is to have.
#[derive(Clone, Copy)]
enum Wanted {
    /// The next one by the clock.
    Any,
    /// The next one of this millisecond.
    Millisecond(u64),
    /// This one.
    Exactly(Id),
}

/// No entry is larger.
const ENTRY_BYTES_MAX: usize = 1 << 30;

struct Request<'a> {
    creates: bool,
    trim: Option<Trim>,
    wanted: Wanted,
    /// Fields and values.
    pairs: Args<'a>,
}

fn xadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let request = parse(ctx, args)?;
    let (key, limits, now_ms) = (args.at(1), node_limits(ctx.config), ctx.now_ms());
    let logging = ctx.keys.effects.logging;
    let last_id = match ctx.keys.write::<Stream>(key)? {
        Some(stream) => stream.value().last_id(),
        None if !request.creates => {
            ctx.reply.null();
            return Ok(());
        }
        None => Id::ZERO,
    };
    let id = choose(request.wanted, last_id, now_ms)?;
    if request.pairs.bytes() > ENTRY_BYTES_MAX {
        return Err(CommandError::err("Elements are too large to be stored"));
    }
    let mut stream = ctx.keys.write_or_create::<Stream>(key)?;
    let value = stream.modify(XADD_EVENT);
    let pairs = request.pairs;
    value.append(
        id,
        (0..pairs.len() / 2).map(|at| (pairs.at(2 * at), pairs.at(2 * at + 1))),
        limits,
    );
    let trimmed = request.trim.map_or(0, |trim| value.trim(&trim));
    let exact = request.trim.filter(|_| logging).map(|trim| ExactTrim::new(value, &trim));
    drop(stream);
    reply_id(&mut ctx.reply, id);
    if trimmed > 0 {
        ctx.keys.effects.note_event(XTRIM_EVENT, ctx.keys.db, key);
    }
    if logging {
        propagate(ctx, (key, id), &request, exact.as_ref());
    }
    Ok(())
}

/// Logs the entry with its id, and what was trimmed exactly.
fn propagate(
    ctx: &mut Ctx<'_>,
    (key, id): (&[u8], Id),
    request: &Request<'_>,
    exact: Option<&ExactTrim>,
) {
    let id = IdText::new(id);
    let mut record: Vec<&[u8]> = vec![b"XADD", key];
    if let Some(exact) = exact {
        record.extend(exact.words());
    }
    record.push(id.as_bytes());
    record.extend(request.pairs.iter());
    ctx.propagate(&record);
}

fn choose(wanted: Wanted, last_id: Id, now_ms: u64) -> Result<Id, CommandError> {
    let next = last_id.next().ok_or_else(|| {
        CommandError::err("The stream has exhausted the last possible ID, unable to add more items")
    })?;
    let id = match wanted {
        Wanted::Any => return Ok(next.max(Id::new(now_ms, 0))),
        Wanted::Millisecond(ms) if ms == last_id.ms && next.ms == ms => next,
        Wanted::Millisecond(ms) if ms == last_id.ms => last_id,
        Wanted::Millisecond(ms) => Id::new(ms, 0),
        Wanted::Exactly(id) => id,
    };
    if id > last_id {
        return Ok(id);
    }
    Err(CommandError::err(
        "The ID specified in XADD is equal or smaller than the target stream top item",
    ))
}

fn parse<'a>(ctx: &Ctx<'_>, args: Args<'a>) -> Result<Request<'a>, CommandError> {
    let mut words = Words::new(args, 2);
    let (mut creates, mut trimming) = (true, Trimming::default());
    let wanted = loop {
        let word = words.argument()?;
        if word == b"*" {
            break Wanted::Any;
        }
        if is_word(word, "nomkstream") {
            creates = false;
        } else if !trimming.read(word, &mut words)? {
            break wanted(word)?;
        }
    };
    let trim = trimming.finish_of_entry(ctx.config)?;
    let pairs = args.tail(args.len() - words.left());
    if pairs.is_empty() || !pairs.len().is_multiple_of(2) {
        return Err(CommandError::WrongArity("xadd".to_owned()));
    }
    if matches!(wanted, Wanted::Exactly(Id::ZERO)) {
        return Err(CommandError::err("The ID specified in XADD must be greater than 0-0"));
    }
    Ok(Request { creates, trim, wanted, pairs })
}

fn wanted(word: &[u8]) -> Result<Wanted, CommandError> {
    if let Some(ms) = word.strip_suffix(b"-*").and_then(number) {
        return Ok(Wanted::Millisecond(ms));
    }
    Ok(Wanted::Exactly(id(word, 0)?))
}
