//! `XPENDING key group [[IDLE min-idle-time] start end count [consumer]]`

use resp::{Args, Reply};
use types::Stream;
use types::stream::{Consumer, Id, Pending};

use super::ids::{first_of_range, last_of_range};
use super::replies::reply_id;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{integer, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static XPENDING: Command = Command::new(Spec {
    name: "xpending",
    group: Group::Stream,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "5.0.0",
    complexity: "O(log(N)+M) in the number of pending entries and of those looked at",
    summary: "Returns what is pending in a group.",
    syntax: "XPENDING key group [[IDLE min-idle-time] start end count [consumer]]",
    tips: &["nondeterministic_output"],
    run: xpending,
    ..SPEC
});

struct Range<'a> {
    idle_ms: u64,
    from: Id,
    to: Id,
    count: usize,
    consumer: Option<&'a [u8]>,
}

fn xpending(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (range, now_ms) = (parse(args)?, ctx.now_ms());
    let (key, name) = (args.at(1), args.at(2));
    let group = ctx.keys.read::<Stream>(key)?.and_then(|stream| stream.group(name));
    let group = group.ok_or_else(|| super::no_key_or_group(key, name))?;
    match range {
        None => reply_summary(&mut ctx.reply, group),
        Some(range) => reply_range(&mut ctx.reply, group, &range, now_ms),
    }
    Ok(())
}

fn parse(args: Args<'_>) -> Result<Option<Range<'_>>, CommandError> {
    if args.len() == 3 {
        return Ok(None);
    }
    if args.len() < 6 || args.len() > 9 {
        return Err(CommandError::Syntax);
    }
    let (mut at, mut idle_ms) = (3, 0);
    if is_word(args.at(3), "idle") {
        // A negative time is one that all entries have been idle for.
        idle_ms = u64::try_from(integer(args.at(4))?).unwrap_or(0);
        if args.len() < 8 {
            return Err(CommandError::Syntax);
        }
        at = 5;
    }
    let count = usize::try_from(integer(args.at(at + 2))?).unwrap_or(0);
    let (from, to) = (first_of_range(args.at(at))?, last_of_range(args.at(at + 1))?);
    Ok(Some(Range { idle_ms, from, to, count, consumer: args.get(at + 3) }))
}

fn reply_summary(reply: &mut Reply<'_>, group: &types::stream::Group) {
    let pending = group.pending();
    reply.array(4);
    reply.integer(pending.len() as i64);
    let (Some(first), Some(last)) = (pending.first(), pending.last()) else {
        reply.null();
        reply.null();
        return reply.null_array();
    };
    reply_id(reply, first.id);
    reply_id(reply, last.id);
    let busy = || group.consumers().filter(|(_, consumer)| !consumer.pending().is_empty());
    reply.array(busy().count());
    for (_, consumer) in busy() {
        reply.array(2);
        reply.bulk(consumer.name());
        reply.bulk(itoa::Buffer::new().format(consumer.pending().len()).as_bytes());
    }
}

fn reply_range(
    reply: &mut Reply<'_>,
    group: &types::stream::Group,
    range: &Range<'_>,
    now_ms: u64,
) {
    let wanted = |pending: &Pending| now_ms.saturating_sub(pending.delivered_ms) >= range.idle_ms;
    let mut show = |found: &mut dyn Iterator<Item = Pending>| {
        let list = reply.defer_array();
        let mut count = 0;
        for pending in found.filter(wanted).take(range.count) {
            reply.array(4);
            reply_id(reply, pending.id);
            reply.bulk(group.consumer(pending.consumer).map_or(&[][..], Consumer::name));
            reply.integer(now_ms.saturating_sub(pending.delivered_ms) as i64);
            reply.integer(pending.count as i64);
            count += 1;
        }
        reply.resolve(list, count);
    };
    let Some(name) = range.consumer else {
        let within = |pending: &Pending| pending.id <= range.to;
        return show(&mut group.pending().from(range.from).take_while(within));
    };
    match group.find(name).and_then(|number| group.consumer(number)) {
        Some(consumer) => {
            let ids = consumer.pending().from(range.from).take_while(|id| *id <= range.to);
            show(&mut ids.filter_map(|id| group.pending().get(id)));
        }
        None => reply.array(0),
    }
}
