//! `SHUTDOWN [NOSAVE|SAVE] [NOW] [FORCE] [SAFE] [FAILOVER] [ABORT]`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::commands::snapshot;
use crate::ctx::Ctx;
use crate::engine::Alert;
use crate::error::CommandError;
use crate::letter::Action;

pub static SHUTDOWN: Command = Command::new(Spec {
    name: "shutdown",
    group: Group::Server,
    arity: Arity::AtLeast(1),
    flags: &[
        Flag::Admin,
        Flag::NoScript,
        Flag::Loading,
        Flag::Stale,
        Flag::NoMulti,
        Flag::Sentinel,
        Flag::AllowBusy,
    ],
    since: "1.0.0",
    complexity: "O(N) when saving, N being the keys",
    summary: "Ends the server, with or without saving.",
    syntax: "SHUTDOWN [NOSAVE|SAVE] [NOW] [FORCE] [SAFE] [FAILOVER] [ABORT]",
    locks: Locks::All,
    run: shutdown,
    ..SPEC
});

/// What was asked for.
#[derive(Default, PartialEq, Eq)]
struct Options {
    save: bool,
    nosave: bool,
    now: bool,
    force: bool,
    safe: bool,
    failover: bool,
}

/// A server that ends closes the connection instead of replying.
fn shutdown(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (options, abort) = parse(args)?;
    if abort && options != Options::default() || options.save && options.nosave {
        return Err(CommandError::Syntax);
    }
    if options.failover && !ctx.config.cluster.cluster_enabled {
        let error = "SHUTDOWN FAILOVER is only supported in cluster mode.";
        return Err(CommandError::err(error));
    }
    if abort {
        return Err(CommandError::err("No shutdown in progress."));
    }
    if ctx.engine.has_alert(Alert::ScriptBusy) && !options.nosave {
        let error = "BUSY The server is busy running a script. You can only call SCRIPT KILL or \
                     SHUTDOWN NOSAVE.";
        return Err(CommandError::text(error));
    }
    let save_points = !ctx.config.persistence.save.is_empty();
    let save = options.save || save_points && !options.nosave;
    if save {
        snapshot::cut(ctx)?;
    }
    let (client, force) = (ctx.session.info.id, options.force);
    ctx.ask_server(Action::Shutdown { client, save, force });
    Ok(())
}

fn parse(args: Args<'_>) -> Result<(Options, bool), CommandError> {
    let (mut options, mut abort) = (Options::default(), false);
    for word in args.tail(1) {
        let option = match word.to_ascii_lowercase().as_slice() {
            b"nosave" => &mut options.nosave,
            b"save" => &mut options.save,
            b"now" => &mut options.now,
            b"force" => &mut options.force,
            b"safe" => &mut options.safe,
            b"failover" => &mut options.failover,
            b"abort" => &mut abort,
            _ => return Err(CommandError::Syntax),
        };
        *option = true;
    }
    Ok((options, abort))
}
