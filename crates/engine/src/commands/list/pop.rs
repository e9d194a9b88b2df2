//! `LPOP key [count]`, `RPOP key [count]`

use resp::Args;
use resp::number::parse_i64;
use types::List;

use crate::blocking::Side;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::serve::{pop, pop_event};

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
    let Some(count) = args.get(2) else {
        ctx.keys.read::<List>(args.at(1))?;
        match pop(ctx, args.at(1), side) {
            Some(element) => ctx.reply.bulk(&element),
            None => ctx.reply.null(),
        }
        return Ok(());
    };
    let count = parse_i64(count).and_then(|count| usize::try_from(count).ok());
    let count =
        count.ok_or_else(|| CommandError::err("value is out of range, must be positive"))?;
    pop_several(ctx, args.at(1), side, count)
}

fn pop_several(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    side: Side,
    count: usize,
) -> Result<(), CommandError> {
    let Some(mut list) = ctx.keys.write::<List>(key)? else {
        ctx.reply.null_array();
        return Ok(());
    };
    let count = count.min(list.value().0.len());
    ctx.reply.array(count);
    if count == 0 {
        return Ok(());
    }
    let items = &mut list.modify(pop_event(side)).0;
    match side {
        Side::Left => items.drain(..count).for_each(|element| ctx.reply.bulk(&element)),
        Side::Right => {
            let from = items.len() - count;
            items.drain(from..).rev().for_each(|element| ctx.reply.bulk(&element));
        }
    }
    list.count(count as u64 - 1);
    Ok(())
}
