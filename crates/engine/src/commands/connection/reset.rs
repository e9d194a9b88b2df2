//! `RESET`

use resp::{Args, Protocol};

use super::hello::set_protocol;
use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::farewell;
use crate::session::ReplyMode;

pub static RESET: Command = Command::new(Spec {
    name: "reset",
    group: Group::Connection,
    arity: Arity::Exactly(1),
    flags: &[
        Flag::NoScript,
        Flag::Loading,
        Flag::Stale,
        Flag::Fast,
        Flag::NoAuth,
        Flag::AllowBusy,
        Flag::Immediate,
    ],
    since: "6.2.0",
    summary: "Brings the connection back to the state of a new one.",
    syntax: "RESET",
    locks: Locks::Watched,
    run: reset,
    ..SPEC
});

fn reset(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    if ctx.session.replica {
        return Err(CommandError::err("can only reset normal client connections"));
    }
    if std::mem::take(&mut ctx.session.monitor) {
        ctx.engine.remove_monitor(ctx.session.info.id);
    }
    leave_transaction(ctx);
    farewell::leave_channels(ctx.engine, ctx.session);
    ctx.select(0);
    reset_modes(ctx);
    set_protocol(ctx, Protocol::Resp2);
    ctx.reply.status("RESET");
    Ok(())
}

fn leave_transaction(ctx: &mut Ctx<'_>) {
    ctx.session.transaction = None;
    ctx.session.info.queued.set(0);
    let Some(watch) = ctx.session.watch.take() else { return };
    ctx.session.info.watched.set(0);
    for (db, key) in &watch.keys {
        let position = ctx.keys.position(key);
        ctx.keys.locked.shard(position).watched.remove(*db, key, &watch.dirty);
    }
}

/// compat: what the client told of its library stays.
fn reset_modes(ctx: &mut Ctx<'_>) {
    let open = ctx.config.security.requirepass.is_empty();
    let session = &mut *ctx.session;
    session.authenticated = open;
    session.user = "default".into();
    session.reply_mode = ReplyMode::On;
    session.no_touch = false;
    session.field_sets = None;
    let info = &session.info;
    info.field_set_bytes.set(0);
    for flag in [&info.no_evict, &info.no_touch, &info.import_source, &info.read_only] {
        flag.store(false, std::sync::atomic::Ordering::Relaxed);
    }
    info.monitor.store(false, std::sync::atomic::Ordering::Relaxed);
    let mut labels = info.labels.lock();
    labels.user = "default".into();
    labels.name.clear();
}
