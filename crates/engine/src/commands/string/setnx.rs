//! `SETNX key value`

use resp::Args;

use super::options::{Condition, Options};
use super::set::{Done, set_string};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SETNX: Command = Command::new(Spec {
    name: "setnx",
    group: Group::String,
    arity: Arity::Exactly(3),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Create)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Gives a key a string if it does not exist.",
    syntax: "SETNX key value",
    run: setnx,
    ..SPEC
});

fn setnx(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let options = Options { condition: Condition::Absent, ..Options::default() };
    let done = set_string(ctx, (args.at(1), args.at(2)), options)?;
    ctx.reply.integer(i64::from(done == Done::Set));
    Ok(())
}
