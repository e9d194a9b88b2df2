//! `XINFO GROUPS`, `XINFO CONSUMERS`

use resp::{Args, Reply};
use types::Stream;
use types::stream::{Consumer, Group};

use super::super::replies::reply_id;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub(super) fn groups(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let stream = ctx.keys.read::<Stream>(args.at(2))?.ok_or(CommandError::NoSuchKey)?;
    let reply = &mut ctx.reply;
    reply.array(stream.groups().count());
    for group in stream.groups() {
        reply.map(6);
        reply.bulk(b"name");
        reply.bulk(group.name());
        reply.bulk(b"consumers");
        reply.integer(group.consumers().len() as i64);
        reply.bulk(b"pending");
        reply.integer(group.pending().len() as i64);
        reply.bulk(b"last-delivered-id");
        reply_id(reply, group.last_id);
        reply_progress(reply, stream, group);
    }
    Ok(())
}

/// How far a group is.
pub(super) fn reply_progress(reply: &mut Reply<'_>, stream: &Stream, group: &Group) {
    let read = group.entries_read.map(|read| read as i64);
    for (name, number) in [("entries-read", read), ("lag", stream.lag(group))] {
        reply.bulk(name.as_bytes());
        match number {
            Some(number) => reply.integer(number),
            None => reply.null(),
        }
    }
}

pub(super) fn consumers(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let now_ms = ctx.now_ms();
    let stream = ctx.keys.read::<Stream>(args.at(2))?.ok_or(CommandError::NoSuchKey)?;
    let group = stream.group(args.at(3)).ok_or_else(|| no_group(args.at(3), args.at(2)))?;
    ctx.reply.array(group.consumers().len());
    group.consumers().for_each(|(_, consumer)| reply_consumer(&mut ctx.reply, consumer, now_ms));
    Ok(())
}

fn reply_consumer(reply: &mut Reply<'_>, consumer: &Consumer, now_ms: u64) {
    let ago = |ms: u64| now_ms.saturating_sub(ms) as i64;
    reply.map(4);
    reply.bulk(b"name");
    reply.bulk(consumer.name());
    reply.bulk(b"pending");
    reply.integer(consumer.pending().len() as i64);
    reply.bulk(b"idle");
    reply.integer(ago(consumer.seen_ms()));
    reply.bulk(b"inactive");
    reply.integer(consumer.active_ms.map_or(-1, ago));
}

fn no_group(group: &[u8], key: &[u8]) -> CommandError {
    let text = String::from_utf8_lossy;
    CommandError::text(format!(
        "NOGROUP No such consumer group '{}' for key name '{}'",
        text(group),
        text(key)
    ))
}
