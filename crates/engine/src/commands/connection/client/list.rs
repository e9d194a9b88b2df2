//! `CLIENT INFO`, `CLIENT LIST [filter ...]`

use std::sync::atomic::Ordering::Relaxed;

use resp::Args;

use super::describe::describe;
use super::filter::Filter;
use crate::clients::ClientInfo;
use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static INFO: Command = Command::new(Spec {
    name: "info",
    group: Group::Connection,
    arity: Arity::Exactly(2),
    flags: &[Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.2.0",
    summary: "Describes this connection.",
    syntax: "CLIENT INFO",
    tips: &["nondeterministic_output"],
    run: client_info,
    ..SPEC
});

fn client_info(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    refresh_own(ctx);
    let line = describe(&ctx.session.info, ctx.now_ms());
    ctx.reply.verbatim("txt", &format!("{line}\n"));
    Ok(())
}

pub static LIST: Command = Command::new(Spec {
    name: "list",
    group: Group::Connection,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "2.4.0",
    complexity: "O(N), N being the connections",
    summary: "Describes all connections, or those that pass the filters.",
    syntax: "CLIENT LIST [TYPE normal|primary|replica|pubsub] [ID client-id [client-id ...]] [USER \
             username] [ADDR ip:port] [LADDR ip:port] [SKIPME YES|NO] [MAXAGE seconds] [NAME name] \
             [IDLE seconds] [FLAGS flags] [LIB-NAME name] [LIB-VER version] [DB db] [CAPA capa] \
             [IP ip]",
    tips: &["nondeterministic_output"],
    run: client_list,
    ..SPEC
});

fn client_list(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let filter = match args.len() {
        2 => None,
        3 => return Err(CommandError::Syntax),
        _ => Some(Filter::parse(ctx, args, false)?),
    };
    refresh_own(ctx);
    let (me, now_ms) = (ctx.session.info.id, ctx.now_ms());
    let wanted = |client: &ClientInfo| {
        let filtered = filter.as_ref().is_none_or(|filter| filter.matches(client, me, now_ms));
        filtered && !client.killed.load(Relaxed)
    };
    let mut list = String::new();
    for client in ctx.engine.clients.list().iter().filter(|client| wanted(client)) {
        list.push_str(&describe(client, now_ms));
        list.push('\n');
    }
    ctx.reply.verbatim("txt", &list);
    Ok(())
}

/// Who asks sees the command that runs, not the last one of its batch before.
fn refresh_own(ctx: &Ctx<'_>) {
    ctx.session.info.last_command.set(ctx.command.number() as u64);
}
