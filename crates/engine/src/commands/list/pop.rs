//! `LPOP key [count]`, `RPOP key [count]`

use resp::Args;
use resp::number::parse_i64;
use types::{List, Side};

use super::ends::{fill, pop_event, pop_several, reply_item};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

const POP: Spec = Spec {
    group: Group::List,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Take)],
    since: "1.0.0",
    complexity: "O(N) in the number of elements returned",
    ..SPEC
};

pub static LPOP: Command = Command::new(Spec {
    name: "lpop",
    summary: "Takes elements from the head of a list; the list goes with its last one.",
    syntax: "LPOP key [count]",
    run: lpop,
    ..POP
});

pub static RPOP: Command = Command::new(Spec {
    name: "rpop",
    summary: "Takes elements from the tail of a list; the list goes with its last one.",
    syntax: "RPOP key [count]",
    run: rpop,
    ..POP
});

fn lpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    pop_elements(ctx, args, Side::Left)
}

fn rpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    pop_elements(ctx, args, Side::Right)
}

fn pop_elements(ctx: &mut Ctx<'_>, args: Args<'_>, side: Side) -> Result<(), CommandError> {
    if args.len() > 3 {
        return Err(CommandError::WrongArity(ctx.command.name().to_owned()));
    }
    let (key, fill) = (args.at(1), fill(ctx.config));
    let Some(count) = args.get(2) else {
        return pop_one(ctx, key, side);
    };
    let count = parse_i64(count).and_then(|count| usize::try_from(count).ok());
    let count =
        count.ok_or_else(|| CommandError::err("value is out of range, must be positive"))?;
    if count > 0 {
        if pop_several(&mut ctx.keys, (key, side, count), fill, &mut ctx.reply)? == 0 {
            ctx.reply.null_array();
        }
        return Ok(());
    }
    let is_there = ctx.keys.write::<List>(key)?.is_some();
    if is_there {
        ctx.reply.array(0);
    } else {
        ctx.reply.null_array();
    }
    Ok(())
}

fn pop_one(ctx: &mut Ctx<'_>, key: &[u8], side: Side) -> Result<(), CommandError> {
    let fill = fill(ctx.config);
    let Some(mut list) = ctx.keys.write::<List>(key)? else {
        ctx.reply.null();
        return Ok(());
    };
    list.value().first(side).inspect(|item| reply_item(&mut ctx.reply, *item));
    list.modify(pop_event(side)).pop(side, 1, fill);
    Ok(())
}
