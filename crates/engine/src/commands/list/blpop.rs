//! `BLPOP key [key ...] timeout`, `BRPOP key [key ...] timeout`

use resp::Args;
use types::{List, Side};

use super::ends::{pop, pop_name};
use crate::blocking::{Wish, deadline};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, keys};
use crate::ctx::Ctx;
use crate::error::CommandError;

const POP: Spec = Spec {
    group: Group::List,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::Blocking],
    keys: &[keys(1, -2, 1, Access::Take)],
    since: "2.0.0",
    complexity: "O(N) in the number of keys",
    ..SPEC
};

pub static BLPOP: Command = Command::new(Spec {
    name: "blpop",
    summary: "Takes the first element of the first list that has one, or waits for it.",
    syntax: "BLPOP key [key ...] timeout",
    run: blpop,
    ..POP
});

pub static BRPOP: Command = Command::new(Spec {
    name: "brpop",
    summary: "Takes the last element of the first list that has one, or waits for it.",
    syntax: "BRPOP key [key ...] timeout",
    run: brpop,
    ..POP
});

fn blpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    pop_or_wait(ctx, args, Side::Left)
}

fn brpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    pop_or_wait(ctx, args, Side::Right)
}

fn pop_or_wait(ctx: &mut Ctx<'_>, args: Args<'_>, side: Side) -> Result<(), CommandError> {
    let until_ms = deadline(args.at(args.len() - 1), ctx.now_ms())?;
    let keys = args.head(args.len() - 1).tail(1);
    for key in keys {
        if ctx.keys.read::<List>(key)?.is_none() {
            continue;
        }
        if let Some(element) = pop(ctx, key, side) {
            ctx.reply.array(2);
            ctx.reply.bulk(key);
            ctx.reply.bulk(&element);
            ctx.propagate(&[pop_name(side), key]);
            return Ok(());
        }
    }
    if ctx.atomic {
        ctx.reply.null_array();
    } else {
        ctx.wait_for(keys, Wish::Pop(side), until_ms);
    }
    Ok(())
}
