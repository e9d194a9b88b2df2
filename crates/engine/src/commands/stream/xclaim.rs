//! `XCLAIM key group consumer min-idle-time id [id ...] [IDLE ms] [TIME unix-ms]
//! [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]`

use resp::Args;
use types::Stream;
use types::stream::{Id, NOBODY, Pending};

use super::claiming::{Claimed, apply, reply_claimed};
use super::group_reading::GroupRead;
use super::ids::id;
use super::reading::Amount;
use super::records::log_position;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, integer_or, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SILENT;
use crate::keyspace::write::Write;

pub static XCLAIM: Command = Command::new(Spec {
    name: "xclaim",
    group: Group::Stream,
    arity: Arity::AtLeast(6),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    since: "5.0.0",
    complexity: "O(log(N)) for each id",
    summary: "Gives pending entries to another consumer of their group.",
    syntax: "XCLAIM key group consumer min-idle-time id [id ...] [IDLE ms] [TIME unix-ms] \
             [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID id]",
    tips: &["nondeterministic_output"],
    run: xclaim,
    ..SPEC
});

struct Request {
    idle_ms: u64,
    ids: Vec<Id>,
    /// When the entries count as delivered.
    delivered_ms: u64,
    retry_count: Option<u64>,
    force: bool,
    just_ids: bool,
    last_id: Id,
}

fn xclaim(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, group, name) = (args.at(1), args.at(2), args.at(3));
    let stream = ctx.keys.write::<Stream>(key)?;
    if stream.as_ref().and_then(|stream| stream.value().group(group)).is_none() {
        return Err(super::no_key_or_group(key, group));
    }
    drop(stream);
    let request = parse(args, ctx.now_ms())?;
    let read = consumer_of(group, name);
    move_position(ctx, (key, group), request.last_id)?;
    let consumer = read.greet(&mut ctx.keys, key)?;
    let (claimed, last_id) = choose(ctx, (key, group), consumer, &request)?;
    reply_claimed(ctx, key, &claimed, request.just_ids)?;
    apply(ctx, key, (group, name), &claimed, last_id)
}

/// A consumer that asks for nothing new.
pub(super) fn consumer_of(group: &[u8], consumer: &[u8]) -> GroupRead {
    GroupRead {
        group: group.into(),
        consumer: consumer.into(),
        no_ack: false,
        claim: None,
        amount: Amount::ALL,
    }
}

/// The group goes on behind this id, if it is not there yet.
fn move_position(
    ctx: &mut Ctx<'_>,
    (key, name): (&[u8], &[u8]),
    last_id: Id,
) -> Result<(), CommandError> {
    let Some(mut stream) = ctx.keys.write::<Stream>(key)? else { return Ok(()) };
    let before = stream.value().group(name).filter(|group| group.last_id < last_id);
    let Some(entries_read) = before.map(|group| group.entries_read) else { return Ok(()) };
    if let Some(group) = stream.modify(SILENT).group_mut(name) {
        group.last_id = last_id;
    }
    drop(stream);
    log_position(&mut ctx.keys, (key, name), (last_id, entries_read));
    Ok(())
}

fn choose(
    ctx: &mut Ctx<'_>,
    (key, name): (&[u8], &[u8]),
    consumer: u32,
    request: &Request,
) -> Result<(Claimed, Id), CommandError> {
    let (now_ms, mut claimed) = (ctx.now_ms(), Claimed::default());
    let stream = ctx.keys.write::<Stream>(key)?;
    let value = stream.as_ref().map(Write::value);
    let Some((value, group)) = value.and_then(|value| Some((value, value.group(name)?))) else {
        return Ok((claimed, Id::ZERO));
    };
    for id in &request.ids {
        let pending = group.pending().get(*id);
        if value.get(*id).is_none() {
            claimed.gone.extend(pending.map(|pending| pending.id));
            continue;
        }
        let fresh = Pending { id: *id, delivered_ms: 0, count: 1, consumer: NOBODY };
        let Some(pending) = pending.or(request.force.then_some(fresh)) else { continue };
        let idle_ms = now_ms.saturating_sub(pending.delivered_ms);
        let owned = pending.consumer != NOBODY;
        if owned && request.idle_ms > 0 && idle_ms < request.idle_ms {
            continue;
        }
        let again = if request.just_ids { pending.count } else { pending.count.saturating_add(1) };
        let count = request.retry_count.unwrap_or(again);
        let delivered_ms = request.delivered_ms;
        claimed.pending.push(Pending { id: *id, delivered_ms, count, consumer });
    }
    Ok((claimed, group.last_id))
}

fn parse(args: Args<'_>, now_ms: u64) -> Result<Request, CommandError> {
    let idle = integer_or(args.at(4), "Invalid min-idle-time argument for XCLAIM")?;
    let mut request = Request {
        idle_ms: u64::try_from(idle).unwrap_or(0),
        ids: Vec::new(),
        delivered_ms: now_ms,
        retry_count: None,
        force: false,
        just_ids: false,
        last_id: Id::ZERO,
    };
    let mut at = 5;
    while let Some(id) = args.get(at).and_then(|argument| Id::parse(argument, 0)) {
        request.ids.push(id);
        at += 1;
    }
    let mut words = Words::new(args, at);
    while let Some(word) = words.next() {
        read_option(&mut request, word, &mut words, now_ms)?;
    }
    Ok(request)
}

fn read_option(
    request: &mut Request,
    word: &[u8],
    words: &mut Words<'_>,
    now_ms: u64,
) -> Result<(), CommandError> {
    if is_word(word, "force") {
        request.force = true;
    } else if is_word(word, "justid") {
        request.just_ids = true;
    } else if is_word(word, "idle") && words.left() > 0 {
        let idle = integer_or(words.argument()?, "Invalid IDLE option argument for XCLAIM")?;
        request.delivered_ms = past(now_ms.checked_sub_signed(idle), now_ms);
    } else if is_word(word, "time") && words.left() > 0 {
        let time = integer_or(words.argument()?, "Invalid TIME option argument for XCLAIM")?;
        request.delivered_ms = past(u64::try_from(time).ok(), now_ms);
    } else if is_word(word, "retrycount") && words.left() > 0 {
        let text = "Invalid RETRYCOUNT option argument for XCLAIM";
        let count = integer_or(words.argument()?, text)?;
        request.retry_count = u64::try_from(count).ok();
    } else if is_word(word, "lastid") && words.left() > 0 {
        request.last_id = id(words.argument()?, 0)?;
    } else {
        let word = String::from_utf8_lossy(word).into_owned();
        return Err(CommandError::err(format!("Unrecognized XCLAIM option '{word}'")));
    }
    Ok(())
}

/// A time, if it lies behind us, or else now.
fn past(time_ms: Option<u64>, now_ms: u64) -> u64 {
    time_ms.filter(|ms| *ms <= now_ms).unwrap_or(now_ms)
}
