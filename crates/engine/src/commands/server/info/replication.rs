//! `# Replication`: the role, the replicas, the log's offsets.

use std::sync::atomic::Ordering::Relaxed;

use super::text::Text;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub(super) fn write(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    let engine = ctx.engine;
    let mut replicas = engine.clients.list();
    replicas.retain(|client| client.replica.load(Relaxed));
    text.field("role", "master");
    text.field("connected_slaves", replicas.len());
    for (at, replica) in replicas.iter().enumerate() {
        let ip = replica.address.rsplit_once(':').map_or("", |(ip, _)| ip);
        let port = replica.replica_port.load(Relaxed).max(0);
        let offset = replica.acked.load(Relaxed);
        let line = format!("ip={ip},port={port},state=online,offset={offset},lag=0,type=replica");
        text.field(&format!("slave{at}"), line);
    }
    text.field("replicas_waiting_psync", 0);
    text.field("master_failover_state", "no-failover");
    text.field("master_replid", engine.replication_id.lock());
    text.field("master_replid2", "0".repeat(40));
    text.field("master_repl_offset", engine.log.end());
    text.field("second_repl_offset", -1);
    text.field("repl_backlog_active", 0);
    text.field("repl_backlog_size", ctx.config.replication.repl_backlog_size_bytes);
    text.zeroes(&["repl_backlog_first_byte_offset", "repl_backlog_histlen"]);
    Ok(())
}
