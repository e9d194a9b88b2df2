//! `LSET key index element`

use resp::Args;
use types::{List, Object};

use super::ends::fill;
use super::lindex::resolve;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::integer;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

const SET: Event = event(Class::List, "lset");

pub static LSET: Command = Command::new(Spec {
    name: "lset",
    group: Group::List,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Update)],
    since: "1.0.0",
    complexity: "O(log N), and O(N) in a list that is one block",
    summary: "Replaces the element of a list at an index.",
    syntax: "LSET key index element",
    run: lset,
    ..SPEC
});

fn lset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let fill = fill(ctx.config);
    let mut list = ctx.keys.write::<List>(args.at(1))?.ok_or(CommandError::NoSuchKey)?;
    let index = resolve(integer(args.at(2))?, list.value().len());
    let index = index.ok_or(CommandError::OutOfRange)?;
    list.modify(SET).set(index, args.at(3), fill);
    ctx.reply.ok();
    Ok(())
}
