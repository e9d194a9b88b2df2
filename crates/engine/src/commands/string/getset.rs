//! `GETSET key value`

use resp::Args;

use super::options::Options;
use super::set::set_string;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static GETSET: Command = Command::new(Spec {
    name: "getset",
    group: Group::String,
    arity: Arity::Exactly(3),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Update)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Gives a key a string and returns the one before.",
    syntax: "GETSET key value",
    run: getset,
    ..SPEC
});

fn getset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, value) = (args.at(1), args.at(2));
    set_string(ctx, (key, value), Options { get: true, ..Options::default() })?;
    ctx.propagate(&[b"SET", key, value]);
    Ok(())
}
