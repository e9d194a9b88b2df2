//! `CLIENT KILL ip:port | filter ...`

use std::sync::atomic::Ordering::Relaxed;

use resp::Args;

use super::filter::Filter;
use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::letter::Letter;

pub static KILL: Command = Command::new(Spec {
    name: "kill",
    group: Group::Connection,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "2.4.0",
    complexity: "O(N), N being the connections",
    summary: "Closes the connections that pass the filters.",
    syntax: "CLIENT KILL ip:port|[[ADDR ip:port] [LADDR ip:port] [TYPE \
             normal|primary|replica|pubsub] [USER username] [SKIPME YES|NO] [ID client-id \
             [client-id ...]] [MAXAGE seconds] [NAME name] [IDLE seconds] [FLAGS flags] [LIB-NAME \
             name] [LIB-VER version] [DB db] [CAPA capa] [IP ip]]",
    run: client_kill,
    ..SPEC
});

/// compat: the old form, with an address alone, may kill the client that asks.
fn client_kill(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let by_address = args.len() == 3;
    let filter = match by_address {
        true => Filter::address(args.at(2)),
        false => Filter::parse(ctx, args, true)?,
    };
    let killed = kill_all(ctx, &filter);
    match (by_address, killed) {
        (true, 0) => return Err(CommandError::err("No such client")),
        (true, _) => ctx.reply.ok(),
        (false, count) => ctx.reply.integer(count),
    }
    Ok(())
}

fn kill_all(ctx: &mut Ctx<'_>, filter: &Filter) -> i64 {
    let (me, now_ms) = (ctx.session.info.id, ctx.now_ms());
    let mut killed = 0;
    for client in ctx.engine.clients.list() {
        let meant = filter.matches(&client, me, now_ms);
        if !meant || client.killed.swap(true, Relaxed) {
            continue;
        }
        killed += 1;
        if client.id == me {
            ctx.session.close_after_reply = true;
        } else {
            ctx.outbox.post(client.worker, Letter::Kill { client: client.id });
        }
    }
    killed
}
