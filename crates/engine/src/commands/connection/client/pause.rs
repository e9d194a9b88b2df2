//! `CLIENT PAUSE timeout [WRITE|ALL]`, `CLIENT UNPAUSE`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::commands::arguments::{is_word, timeout_ms};
use crate::ctx::Ctx;
use crate::engine::{Alert, Pause};
use crate::error::CommandError;

pub static PAUSE: Command = Command::new(Spec {
    name: "pause",
    group: Group::Connection,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "3.0.0",
    summary: "Holds the commands of all clients back for a time.",
    syntax: "CLIENT PAUSE timeout [WRITE|ALL]",
    locks: Locks::All,
    run: client_pause,
    ..SPEC
});

/// Holds every shard, so no command is in the middle of its work when the reply leaves.
fn client_pause(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    // compat: with more words than it knows, it looks at none of them.
    let writes_only = match args.get(3).filter(|_| args.len() == 4) {
        Some(word) if is_word(word, "write") => true,
        Some(word) if !is_word(word, "all") => {
            return Err(CommandError::err("CLIENT PAUSE mode must be WRITE or ALL"));
        }
        _ => false,
    };
    let until_ms = timeout_ms(args.at(2), ctx.now_ms())?;
    let engine = ctx.engine;
    let mut pause = engine.pause.lock();
    if engine.has_alert(Alert::Paused) && pause.until_ms > ctx.now_ms() {
        // A pause in force is only made longer and stricter.
        pause.until_ms = pause.until_ms.max(until_ms);
        pause.writes_only &= writes_only;
    } else {
        *pause = Pause { until_ms, writes_only };
    }
    engine.set_alert(Alert::Paused, true);
    ctx.reply.ok();
    Ok(())
}

pub static UNPAUSE: Command = Command::new(Spec {
    name: "unpause",
    group: Group::Connection,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.2.0",
    complexity: "O(N), N being the clients held back",
    summary: "Ends a pause.",
    syntax: "CLIENT UNPAUSE",
    run: client_unpause,
    ..SPEC
});

fn client_unpause(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let _pause = ctx.engine.pause.lock();
    ctx.engine.set_alert(Alert::Paused, false);
    ctx.reply.ok();
    Ok(())
}
