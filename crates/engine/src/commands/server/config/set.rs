//! `CONFIG SET parameter value [parameter value ...]`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::text;
use crate::config::{Config, Directive, SetContext, SetError, set_many};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::letter::Action;

pub static SET: Command = Command::new(Spec {
    name: "set",
    group: Group::Server,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "2.0.0",
    complexity: "O(N), N being the settings",
    summary: "Changes settings, all of them or none.",
    syntax: "CONFIG SET parameter value [parameter value ...]",
    tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
    run: config_set,
    ..SPEC
});

/// Settings that can fail when they are put into effect: only the server knows.
const LISTENING: [&str; 2] = ["bind", "port"];

fn config_set(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if !args.len().is_multiple_of(2) {
        return Err(CommandError::Syntax);
    }
    let pairs: Vec<(&[u8], &[u8])> =
        (2..args.len()).step_by(2).map(|at| (args.at(at), args.at(at + 1))).collect();
    let context = SetContext { client_is_local: ctx.session.info.is_local(), loading: false };
    let mut changed = Vec::new();
    let before = ctx.engine.config.load();
    let update = |config: &Config| -> Result<Config, CommandError> {
        let (next, directives) = set_many(config, &pairs, context).map_err(refused)?;
        changed = directives;
        if ctx.atomic && listens(&changed).next().is_some() {
            let error = SetError::failed("port", "not possible inside a transaction");
            return Err(refused(error));
        }
        Ok(next)
    };
    ctx.engine.config.update(update)?;
    if listens(&changed).next().is_some() {
        let undo = changed.iter().map(|directive| (directive.name, directive.get(&before)));
        let undo = undo.map(|(name, value)| (name.to_owned(), value)).collect();
        ctx.ask_server(Action::Rebind { client: ctx.session.info.id, undo });
        return Ok(());
    }
    ctx.outbox.actions.push(Action::ConfigChanged);
    ctx.reply.ok();
    Ok(())
}

fn listens(changed: &[&'static Directive]) -> impl Iterator<Item = &'static Directive> {
    changed.iter().copied().filter(|directive| LISTENING.contains(&directive.name))
}

fn refused(error: SetError) -> CommandError {
    CommandError::text(format!("{} {error}", error.code()))
}

/// Takes back what the server could not put into effect, and says why.
///
/// # Errors
///
/// Always: the reply to the client.
pub fn roll_back(
    engine: &crate::Engine,
    undo: &[(String, Vec<u8>)],
    (name, reason): (&str, &str),
) -> CommandError {
    let pairs: Vec<(&[u8], &[u8])> =
        undo.iter().map(|(name, value)| (name.as_bytes(), value.as_slice())).collect();
    let context = SetContext { client_is_local: true, loading: false };
    let restored = engine.config.update(|config| {
        let old = set_many(config, &pairs, context);
        old.map(|(config, _)| config)
    });
    match restored {
        Ok(_) => refused(SetError::failed(name, reason)),
        Err(error) => {
            CommandError::err(format!("{reason}; {}", text(error.to_string().as_bytes())))
        }
    }
}
