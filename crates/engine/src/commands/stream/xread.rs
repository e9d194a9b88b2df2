//! `XREAD [COUNT count] [MAXCOUNT count] [MAXSIZE bytes] [BLOCK milliseconds]
//! STREAMS key [key ...] id [id ...]`

use resp::Args;
use types::Stream;
use types::stream::Id;

use super::ids::id;
use super::read_options::ReadOptions;
use super::reading::{begin, has_entries_behind, read_one};
use crate::blocking::Wish;
use crate::command::{Access, Arity, Begin, Command, Find, Flag, Group, KeySpec, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static XREAD: Command = Command::new(Spec {
    name: "xread",
    group: Group::Stream,
    arity: Arity::AtLeast(4),
    flags: &[Flag::ReadOnly, Flag::Blocking],
    keys: &[KeySpec {
        begin: Begin::Keyword("STREAMS", 1),
        find: Find::Range { last: -1, step: 1, limit: 2 },
        access: Access::Read,
    }],
    since: "5.0.0",
    complexity: "O(log(N)+M) for each stream, in the number of entries and of those returned",
    summary: "Returns the entries behind an id of one or several streams, or waits for some.",
    syntax: "XREAD [COUNT count] [MAXCOUNT count] [MAXSIZE bytes] [BLOCK milliseconds] \
             STREAMS key [key ...] id [id ...]",
    run: xread,
    ..SPEC
});

fn xread(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let options = ReadOptions::parse(args, ctx.now_ms(), false)?;
    let mut after = Vec::with_capacity(options.keys.len());
    for (key, id) in options.keys.iter().zip(options.ids) {
        after.push(resolve(ctx, key, id)?);
    }
    let mut served = None;
    let mut amount = options.amount;
    for (key, after) in options.keys.iter().zip(&after) {
        let stream = ctx.keys.peek(key).map(crate::keyspace::handle::object_of::<Stream>);
        let has_some = stream.is_some_and(|s| s.is_ok_and(|s| has_entries_behind(s, *after)));
        if !has_some || amount.is_used_up() {
            continue;
        }
        let (_, count) = served.get_or_insert_with(|| (begin(&mut ctx.reply), 0));
        *count += 1;
        read_one(&mut ctx.keys, &mut ctx.reply, (key, *after), &mut amount, ctx.engine)?;
    }
    match (served, options.block) {
        (Some((streams, count)), _) => ctx.reply.resolve(streams, count),
        (None, Some(until_ms)) if !ctx.atomic => {
            let wish = Wish::Read { after, amount: options.amount };
            ctx.wait_for(options.keys, wish, Some(until_ms).filter(|ms| *ms > 0));
        }
        (None, _) => ctx.reply.null_array(),
    }
    Ok(())
}

/// The id that is meant, as the stream is now.
fn resolve(ctx: &mut Ctx<'_>, key: &[u8], argument: &[u8]) -> Result<Id, CommandError> {
    let stream = ctx.keys.read::<Stream>(key)?;
    match argument {
        b"$" => Ok(stream.map_or(Id::ZERO, Stream::last_id)),
        // The last entry itself is wanted, or else the next one that comes.
        b"+" => Ok(stream.map_or(Id::ZERO, |stream| match stream.last() {
            Some(last) => last.id.previous().unwrap_or(Id::ZERO),
            None => stream.last_id(),
        })),
        b">" => Err(CommandError::err(
            "The > ID can be specified only when calling XREADGROUP using the GROUP <group> \
             <consumer> option.",
        )),
        _ => id(argument, 0),
    }
}
