//! `# Stats`: what was done so far.

use super::text::Text;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::pubsub::Scope;
use crate::stats::{Counter, Counters};

pub(super) fn write(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    let engine = ctx.engine;
    let sum = |of: fn(&Counters) -> &Counter| engine.total(|counters| of(counters).value());
    let [commands, bytes_in, bytes_out, turns] = engine.rates.per_second();
    text.fields([
        ("total_connections_received", sum(|c| &c.connections)),
        ("total_commands_processed", sum(|c| &c.commands)),
        ("instantaneous_ops_per_sec", commands as u64),
        ("total_net_input_bytes", sum(|c| &c.bytes_in)),
        ("total_net_output_bytes", sum(|c| &c.bytes_out)),
        ("total_net_repl_input_bytes", 0),
        ("total_net_repl_output_bytes", 0),
    ]);
    text.field("instantaneous_input_kbps", format_args!("{:.2}", bytes_in / 1024.0));
    text.field("instantaneous_output_kbps", format_args!("{:.2}", bytes_out / 1024.0));
    text.field("instantaneous_input_repl_kbps", "0.00");
    text.field("instantaneous_output_repl_kbps", "0.00");
    text.fields([
        ("rejected_connections", sum(|c| &c.rejected)),
        ("sync_full", 0),
        ("sync_partial_ok", 0),
        ("sync_partial_err", 0),
        ("expired_keys", sum(|c| &c.expired)),
        ("expired_fields", sum(|c| &c.expired_fields)),
    ]);
    text.field("expired_stale_perc", "0.00");
    text.zeroes(&["expired_time_cap_reached_count", "expire_cycle_cpu_milliseconds"]);
    text.field("evicted_keys", ctx.engine.total(|counters| counters.evicted.value()));
    text.zeroes(&["evicted_clients"]);
    let evicted = ctx.engine.scripts.evicted.load(std::sync::atomic::Ordering::Relaxed);
    text.field("evicted_scripts", evicted);
    text.zeroes(&["total_eviction_exceeded_time", "current_eviction_exceeded_time"]);
    text.fields([
        ("keyspace_hits", sum(|c| &c.hits)),
        ("keyspace_misses", sum(|c| &c.misses)),
        ("pubsub_channels", engine.pubsub.channels(Scope::Channel, None).len() as u64),
        ("pubsub_patterns", engine.pubsub.patterns() as u64),
        ("pubsubshard_channels", engine.pubsub.channels(Scope::Shard, None).len() as u64),
    ]);
    write_absent(text);
    text.field("unexpected_error_replies", sum(|c| &c.unexpected_errors));
    text.fields([
        ("total_error_replies", sum(|c| &c.errors)),
        ("dump_payload_sanitizations", 0),
        ("total_reads_processed", sum(|c| &c.reads)),
        ("total_writes_processed", sum(|c| &c.writes)),
        ("io_threaded_reads_processed", 0),
        ("io_threaded_writes_processed", 0),
        ("client_query_buffer_limit_disconnections", sum(|c| &c.query_limit_closes)),
        ("client_output_buffer_limit_disconnections", sum(|c| &c.output_limit_closes)),
        ("reply_buffer_shrinks", 0),
        ("reply_buffer_expands", 0),
        ("commands_parked", sum(|c| &c.parked)),
        ("eventloop_cycles", sum(|c| &c.turns)),
        ("instantaneous_eventloop_cycles_per_sec", turns as u64),
        ("acl_access_denied_auth", sum(|c| &c.auth_failures)),
        ("acl_access_denied_cmd", sum(|c| &c.denied[1])),
        ("acl_access_denied_key", sum(|c| &c.denied[2])),
        ("acl_access_denied_channel", sum(|c| &c.denied[3])),
    ]);
    Ok(())
}

/// What monitoring expects to find, and this server does not do.
fn write_absent(text: &mut Text) {
    text.zeroes(&["latest_fork_usec", "total_forks", "migrate_cached_sockets"]);
    text.zeroes(&["slave_expires_tracked_keys", "active_defrag_hits", "active_defrag_misses"]);
    text.zeroes(&["active_defrag_key_hits", "active_defrag_key_misses"]);
    text.zeroes(&["total_active_defrag_time", "current_active_defrag_time"]);
    text.zeroes(&["tracking_total_keys", "tracking_total_items", "tracking_total_prefixes"]);
}
