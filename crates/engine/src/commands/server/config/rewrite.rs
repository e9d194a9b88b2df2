//! `CONFIG REWRITE`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::letter::Action;

pub static REWRITE: Command = Command::new(Spec {
    name: "rewrite",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "2.8.0",
    summary: "Writes the settings into the configuration file.",
    syntax: "CONFIG REWRITE",
    tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
    run: config_rewrite,
    ..SPEC
});

/// The server writes the file, and replies.
fn config_rewrite(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    if ctx.engine.host.config_file.is_empty() {
        return Err(CommandError::err("The server is running without a config file"));
    }
    if ctx.atomic {
        return Err(CommandError::err("CONFIG REWRITE is not possible inside a transaction"));
    }
    ctx.ask_server(Action::RewriteConfig { client: ctx.session.info.id });
    Ok(())
}
