//! `XREADGROUP GROUP group consumer [COUNT count] [MAXCOUNT count] [MAXSIZE bytes]
//! [BLOCK milliseconds] [CLAIM min-idle-time] [NOACK] STREAMS key [key ...] id [id ...]`

use resp::Args;
use types::Stream;
use types::stream::Id;

use super::group_reading::{GroupRead, read_history, read_new};
use super::ids::id;
use super::looking::arrange_look;
use super::no_group_to_read;
use super::read_options::ReadOptions;
use super::reading::begin;
use crate::blocking::Wish;
use crate::command::{Access, Arity, Begin, Command, Find, Flag, Group, KeySpec, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static XREADGROUP: Command = Command::new(Spec {
    name: "xreadgroup",
    group: Group::Stream,
    arity: Arity::AtLeast(7),
    flags: &[Flag::Write, Flag::Blocking],
    keys: &[KeySpec {
        begin: Begin::Keyword("STREAMS", 4),
        find: Find::Range { last: -1, step: 1, limit: 2 },
        access: Access::Read,
    }],
    since: "5.0.0",
    complexity: "O(log(N)+M) for each stream, in the number of entries and of those returned",
    summary: "Gives a consumer entries that are new to its group, or those it was given before.",
    syntax: "XREADGROUP GROUP group consumer [COUNT count] [MAXCOUNT count] [MAXSIZE bytes] \
             [BLOCK milliseconds] [CLAIM min-idle-time] [NOACK] STREAMS key [key ...] id [id ...]",
    run: xreadgroup,
    ..SPEC
});

/// What is wanted of a stream.
#[derive(Clone, Copy)]
enum From {
    /// What is new to the group.
    New,
    /// What the consumer was given, behind this id.
    History(Id),
}

fn xreadgroup(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let options = ReadOptions::parse(args, ctx.now_ms(), true)?;
    let (group, consumer) = options.group.ok_or(CommandError::Syntax)?;
    let read = GroupRead {
        group: group.into(),
        consumer: consumer.into(),
        no_ack: options.no_ack,
        claim: options.claim,
        amount: options.amount,
    };
    let mut from = Vec::with_capacity(options.keys.len());
    for (key, id) in options.keys.iter().zip(options.ids) {
        from.push(resolve(ctx, (key, group), id)?);
    }
    let (mut served, mut amount) = (None, options.amount);
    for (key, from) in options.keys.iter().zip(&from) {
        let number = read.greet(&mut ctx.keys, key)?;
        if amount.is_used_up() || !has_some(ctx, key, &read, *from)? {
            continue;
        }
        let (_, count) = served.get_or_insert_with(|| (begin(&mut ctx.reply), 0));
        *count += 1;
        let how = (&read, &mut amount, ctx.engine);
        let (keys, reply) = (&mut ctx.keys, &mut ctx.reply);
        match from {
            From::New => read_new(keys, reply, (key, number), how)?,
            From::History(after) => read_history(keys, reply, (key, number, *after), how)?,
        }
    }
    match (served, options.block) {
        (Some((streams, count)), _) => ctx.reply.resolve(streams, count),
        (None, Some(until_ms)) if !ctx.atomic => {
            let until_ms = Some(until_ms).filter(|ms| *ms > 0);
            ctx.wait_for(options.keys, Wish::ReadGroup(read), until_ms);
            if let (Some(_), Some((waiter, _))) = (options.claim, ctx.block.clone()) {
                options.keys.iter().for_each(|key| arrange_look(ctx, key, &waiter));
            }
        }
        (None, _) => ctx.reply.null_array(),
    }
    Ok(())
}

fn has_some(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    read: &GroupRead,
    from: From,
) -> Result<bool, CommandError> {
    let now_ms = ctx.now_ms();
    match from {
        From::History(_) => Ok(true),
        From::New => {
            read.forget_gone(&mut ctx.keys, key)?;
            let stream = ctx.keys.read::<Stream>(key)?;
            Ok(stream.is_some_and(|stream| read.finds_some(stream, now_ms)))
        }
    }
}

fn resolve(
    ctx: &mut Ctx<'_>,
    (key, group): (&[u8], &[u8]),
    argument: &[u8],
) -> Result<From, CommandError> {
    let stream = ctx.keys.read::<Stream>(key)?;
    if stream.and_then(|stream| stream.group(group)).is_none() {
        return Err(no_group_to_read(key, group));
    }
    match argument {
        b"$" | b"+" => {
            let sign = if argument == b"$" { '$' } else { '+' };
            Err(CommandError::err(format!(
                "The {sign} ID is meaningless in the context of XREADGROUP: you want to read the \
                 history of this consumer by specifying a proper ID, or use the > ID to get new \
                 messages. The {sign} ID would just return an empty result set."
            )))
        }
        b">" => Ok(From::New),
        _ => Ok(match id(argument, 0)? {
            // compat: nothing is behind this one, so it means the same as `>`.
            Id::MAX => From::New,
            after => From::History(after),
        }),
    }
}
