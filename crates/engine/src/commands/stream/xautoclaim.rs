//! `XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]`

use resp::Args;
use types::Stream;
use types::stream::{Id, NOBODY, Pending};

use super::claiming::{Claimed, apply, reply_claimed};
use super::ids::first_of_range;
use super::replies::reply_id;
use super::xclaim::consumer_of;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, integer_or, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::write::Write;

pub static XAUTOCLAIM: Command = Command::new(Spec {
    name: "xautoclaim",
    group: Group::Stream,
    arity: Arity::AtLeast(6),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Delete)],
    since: "6.2.0",
    complexity: "O(1) if COUNT is small",
    summary: "Gives a consumer what has been pending for long, whoever had it.",
    syntax: "XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]",
    tips: &["nondeterministic_output"],
    run: xautoclaim,
    ..SPEC
});

/// Pending entries that are looked at for each that is asked for.
const ATTEMPTS: usize = 10;

struct Request {
    idle_ms: u64,
    start: Id,
    count: usize,
    just_ids: bool,
}

fn xautoclaim(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, group, name) = (args.at(1), args.at(2), args.at(3));
    let request = parse(args)?;
    let stream = ctx.keys.write::<Stream>(key)?;
    if stream.as_ref().and_then(|stream| stream.value().group(group)).is_none() {
        return Err(super::no_key_or_group(key, group));
    }
    drop(stream);
    let consumer = consumer_of(group, name).greet(&mut ctx.keys, key)?;
    let (claimed, next, last_id) = choose(ctx, (key, group), consumer, &request)?;
    ctx.reply.array(3);
    reply_id(&mut ctx.reply, next);
    reply_claimed(ctx, key, &claimed, request.just_ids)?;
    ctx.reply.array(claimed.gone.len());
    claimed.gone.iter().for_each(|id| reply_id(&mut ctx.reply, *id));
    apply(ctx, key, (group, name), &claimed, last_id)
}

/// What is claimed, where to go on, and how far the group is.
fn choose(
    ctx: &mut Ctx<'_>,
    (key, name): (&[u8], &[u8]),
    consumer: u32,
    request: &Request,
) -> Result<(Claimed, Id, Id), CommandError> {
    let (now_ms, mut claimed) = (ctx.now_ms(), Claimed::default());
    let stream = ctx.keys.write::<Stream>(key)?;
    let value = stream.as_ref().map(Write::value);
    let Some((value, group)) = value.and_then(|value| Some((value, value.group(name)?))) else {
        return Ok((claimed, Id::ZERO, Id::ZERO));
    };
    let mut all = group.pending().from(request.start);
    let mut left = request.count;
    for pending in all.by_ref().take(request.count.saturating_mul(ATTEMPTS)) {
        if value.get(pending.id).is_none() {
            claimed.gone.push(pending.id);
            left -= 1;
        } else if pending.consumer == NOBODY
            || now_ms.saturating_sub(pending.delivered_ms) >= request.idle_ms
        {
            let more = u64::from(!request.just_ids);
            let count = pending.count.saturating_add(more);
            claimed.pending.push(Pending { delivered_ms: now_ms, count, consumer, ..pending });
            left -= 1;
        }
        if left == 0 {
            break;
        }
    }
    let next = all.next().map_or(Id::ZERO, |pending| pending.id);
    Ok((claimed, next, group.last_id))
}

fn parse(args: Args<'_>) -> Result<Request, CommandError> {
    let idle = integer_or(args.at(4), "Invalid min-idle-time argument for XAUTOCLAIM")?;
    let start = first_of_range(args.at(5))?;
    let mut request =
        Request { idle_ms: u64::try_from(idle).unwrap_or(0), start, count: 100, just_ids: false };
    let mut words = Words::new(args, 6);
    while let Some(word) = words.next() {
        if is_word(word, "count") && words.left() > 0 {
            let text = "COUNT must be > 0";
            let count = integer_or(words.argument()?, text)?;
            let most = i64::MAX / 16;
            let count = Some(count).filter(|count| (1..=most).contains(count));
            request.count = count.ok_or_else(|| CommandError::err(text))? as usize;
        } else if is_word(word, "justid") {
            request.just_ids = true;
        } else {
            return Err(CommandError::Syntax);
        }
    }
    Ok(request)
}
