//! `SET key value`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SET as EVENT;
use crate::keyspace::handle::{Deadline, put_string};

pub static SET: Command = Command::new(Spec {
    name: "set",
    group: Group::String,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Update)],
    since: "1.0.0",
    complexity: "O(1)",
    summary: "Gives a key a string, whatever it held before.",
    syntax: "SET key value",
    run: set,
    ..SPEC
});

fn set(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    ctx.keys.set(args.at(1), put_string(args.at(2)), Deadline::Clear, EVENT);
    ctx.reply.ok();
    Ok(())
}
