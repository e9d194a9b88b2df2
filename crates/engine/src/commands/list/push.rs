//! `LPUSH key element [element ...]`, `RPUSH`, `LPUSHX`, `RPUSHX`

use resp::Args;
use types::{List, Object, Side};

use super::ends::{fill, push_event};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

const PUSH: Spec = Spec {
    group: Group::List,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Insert)],
    complexity: "O(1) for each element",
    ..SPEC
};

pub static LPUSH: Command = Command::new(Spec {
    name: "lpush",
    since: "1.0.0",
    summary: "Puts elements in front of a list, one after the other, and returns its length.",
    syntax: "LPUSH key element [element ...]",
    run: lpush,
    ..PUSH
});

pub static RPUSH: Command = Command::new(Spec {
    name: "rpush",
    since: "1.0.0",
    summary: "Puts elements behind a list, one after the other, and returns its length.",
    syntax: "RPUSH key element [element ...]",
    run: rpush,
    ..PUSH
});

pub static LPUSHX: Command = Command::new(Spec {
    name: "lpushx",
    since: "2.2.0",
    summary: "As LPUSH, but only if the list exists.",
    syntax: "LPUSHX key element [element ...]",
    run: lpushx,
    ..PUSH
});

pub static RPUSHX: Command = Command::new(Spec {
    name: "rpushx",
    since: "2.2.0",
    summary: "As RPUSH, but only if the list exists.",
    syntax: "RPUSHX key element [element ...]",
    run: rpushx,
    ..PUSH
});

fn lpush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    push(ctx, args, Side::Left)
}

fn rpush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    push(ctx, args, Side::Right)
}

fn lpushx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    push_to_existing(ctx, args, Side::Left)
}

fn rpushx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    push_to_existing(ctx, args, Side::Right)
}

fn push_to_existing(ctx: &mut Ctx<'_>, args: Args<'_>, side: Side) -> Result<(), CommandError> {
    if ctx.keys.write::<List>(args.at(1))?.is_none() {
        ctx.reply.integer(0);
        return Ok(());
    }
    push(ctx, args, side)
}

fn push(ctx: &mut Ctx<'_>, args: Args<'_>, side: Side) -> Result<(), CommandError> {
    let fill = fill(ctx.config);
    let mut list = ctx.keys.write_or_create::<List>(args.at(1))?;
    let value = list.modify(push_event(side));
    value.push_all(side, args.tail(2).iter(), fill);
    ctx.reply.integer(value.len() as i64);
    list.count(args.len() as u64 - 3);
    Ok(())
}
