//! `CONFIG GET parameter [parameter ...]`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::config;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static GET: Command = Command::new(Spec {
    name: "get",
    group: Group::Server,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "2.0.0",
    complexity: "O(N), N being the names and patterns",
    summary: "Returns the settings that the names and patterns select.",
    syntax: "CONFIG GET parameter [parameter ...]",
    run: config_get,
    ..SPEC
});

fn config_get(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let patterns: Vec<&[u8]> = args.tail(2).iter().collect();
    let found = config::matching(ctx.config, &patterns);
    ctx.reply.map(found.len());
    for (name, value) in found {
        ctx.reply.bulk(&name);
        ctx.reply.bulk(&value);
    }
    Ok(())
}
