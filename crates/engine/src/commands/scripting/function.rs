//! `FUNCTION FLUSH [ASYNC|SYNC]`
//!
//! There are no libraries yet, so none remain.

use resp::Args;

use super::script::is_flush_mode;
use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static FUNCTION: Command = Command::new(Spec {
    name: "function",
    group: Group::Scripting,
    arity: Arity::AtLeast(2),
    since: "7.0.0",
    complexity: "That of the subcommand",
    summary: "Manages libraries of functions.",
    syntax: "FUNCTION subcommand",
    subcommands: &[&FLUSH],
    ..SPEC
});

static FLUSH: Command = Command::new(Spec {
    name: "flush",
    group: Group::Scripting,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write, Flag::NoScript],
    since: "7.0.0",
    complexity: "O(N) in the number of libraries",
    summary: "Forgets all libraries.",
    syntax: "FUNCTION FLUSH [ASYNC|SYNC]",
    run: flush,
    ..SPEC
});

fn flush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if !is_flush_mode(args) {
        return Err(CommandError::err("FUNCTION FLUSH only supports SYNC|ASYNC option"));
    }
    ctx.reply.ok();
    Ok(())
}
