//! `ROLE`

use std::sync::atomic::Ordering;

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static ROLE: Command = Command::new(Spec {
    name: "role",
    group: Group::Server,
    arity: Arity::Exactly(1),
    flags: &[Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Fast, Flag::Sentinel],
    acl: &["admin", "dangerous"],
    since: "2.8.12",
    summary: "Returns the role in replication, the offset, and the replicas.",
    syntax: "ROLE",
    run: role,
    ..SPEC
});

fn role(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let mut replicas = ctx.engine.clients.list();
    replicas.retain(|client| client.replica.load(Ordering::Relaxed));
    ctx.reply.array(3);
    ctx.reply.bulk(b"master");
    ctx.reply.integer(ctx.engine.log.end() as i64);
    ctx.reply.array(replicas.len());
    for replica in replicas {
        let ip = replica.address.rsplit_once(':').map_or("", |(ip, _)| ip);
        ctx.reply.array(3);
        ctx.reply.bulk(ip.as_bytes());
        ctx.reply.bulk_display(replica.replica_port.load(Ordering::Relaxed).max(0));
        ctx.reply.bulk_display(replica.acked.load(Ordering::Relaxed));
    }
    Ok(())
}
