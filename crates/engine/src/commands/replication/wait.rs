//! `WAIT numreplicas timeout`: a reply that waits for its log offset on k replicas.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use resp::number::parse_i64;
use resp::{Args, Output, Protocol, Reply};

use crate::blocking::{Waiter, Wish};
use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::error::CommandError;
use crate::letter::{Letter, Outbox};

pub static WAIT: Command = Command::new(Spec {
    name: "wait",
    group: Group::Generic,
    arity: Arity::Exactly(3),
    flags: &[Flag::Blocking],
    acl: &["connection", "-keyspace"],
    since: "3.0.0",
    complexity: "O(1)",
    summary: "Waits until replicas have all earlier changes of this connection.",
    syntax: "WAIT numreplicas timeout",
    tips: &["request_policy:all_shards", "response_policy:agg_min"],
    run: wait,
    ..SPEC
});

fn wait(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let needed = parse_i64(args.at(1)).ok_or(CommandError::NotInteger)?;
    let timeout = parse_i64(args.at(2))
        .ok_or_else(|| CommandError::err("timeout is not an integer or out of range"))?;
    if timeout < 0 {
        return Err(CommandError::err("timeout is negative"));
    }
    let offset = ctx.session.offset;
    let there = replicas_at(ctx.engine, offset);
    let needed = usize::try_from(needed).unwrap_or(0);
    if there >= needed || ctx.atomic {
        ctx.reply.integer(there as i64);
        return Ok(());
    }
    let (client, worker) = (ctx.session.info.id, ctx.session.worker);
    let wish = Wish::Replicas { needed, offset };
    let waiter = Arc::new(Waiter::new((client, worker), ctx.keys.db, Vec::new(), wish));
    ctx.engine.replica_waiters.lock().push(waiter.clone());
    // Ask the replicas to say at once how far they are.
    ctx.engine.log.append_raw(b"*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n");
    ctx.outbox.log_grew = true;
    let until = (timeout > 0).then(|| ctx.now_ms() + timeout as u64);
    ctx.block = Some((waiter, until));
    // An acknowledgement between the count and the push would have been missed.
    serve_waiting(ctx.engine, ctx.outbox);
    Ok(())
}

/// Number of replicas that have the log up to an offset.
pub(crate) fn replicas_at(engine: &Engine, offset: u64) -> usize {
    let has = |info: &Arc<crate::clients::ClientInfo>| {
        info.replica.load(Ordering::Acquire) && info.acked.load(Ordering::Acquire) >= offset
    };
    engine.log.readers().iter().filter_map(|id| engine.clients.find(*id)).filter(has).count()
}

/// Replies to those for whom enough replicas are far enough.
pub(crate) fn serve_waiting(engine: &Engine, outbox: &mut Outbox) {
    let mut waiting = engine.replica_waiters.lock();
    waiting.retain(|waiter| {
        let Wish::Replicas { needed, offset } = waiter.wish else { return false };
        if waiter.is_claimed() {
            return false;
        }
        let there = replicas_at(engine, offset);
        if there < needed || !waiter.claim() {
            return there < needed;
        }
        let mut output = Output::new();
        Reply::new(&mut output, Protocol::Resp2).integer(there as i64);
        let (client, reply) = (waiter.client, output.into());
        outbox.post(waiter.worker, Letter::Unblocked { client, reply, offset: 0 });
        false
    });
}
