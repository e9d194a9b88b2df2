//! `CLIENT UNBLOCK client-id [TIMEOUT|ERROR]`

use resp::{Args, Output};

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::{integer, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::farewell;
use crate::letter::Letter;

pub static UNBLOCK: Command = Command::new(Spec {
    name: "unblock",
    group: Group::Connection,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "5.0.0",
    summary: "Ends the wait of a blocked client, as if its time were over or with an error.",
    syntax: "CLIENT UNBLOCK client-id [TIMEOUT|ERROR]",
    run: client_unblock,
    ..SPEC
});

fn client_unblock(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    // compat: with more words than it knows, it looks at none of them.
    let with_error = match args.get(3).filter(|_| args.len() == 4) {
        Some(word) if is_word(word, "error") => true,
        Some(word) if !is_word(word, "timeout") => {
            let error = "CLIENT UNBLOCK reason should be TIMEOUT or ERROR";
            return Err(CommandError::err(error));
        }
        _ => false,
    };
    let id = u64::try_from(integer(args.at(2))?).unwrap_or(0);
    let unblocked = unblock(ctx, id, with_error);
    ctx.reply.integer(i64::from(unblocked));
    Ok(())
}

/// Ends a wait; false where there is none, or who serves it was faster.
fn unblock(ctx: &mut Ctx<'_>, id: u64, with_error: bool) -> bool {
    let waiter = ctx.engine.clients.find(id).and_then(|client| client.waiter.lock().clone());
    let Some(waiter) = waiter else { return false };
    if !waiter.may_be_unblocked() || !waiter.claim() {
        return false;
    }
    let reply = match with_error {
        true => Output::from(b"-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n".to_vec()),
        false => farewell::timeout_reply(ctx.engine, &waiter),
    };
    let (client, reply) = (waiter.client, Box::new(reply));
    ctx.outbox.post(waiter.worker, Letter::Unblocked { client, reply, offset: 0 });
    true
}
