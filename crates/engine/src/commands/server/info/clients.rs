//! `# Clients`: who is connected, and what they wait for.

use std::sync::atomic::Ordering::Relaxed;

use super::text::Text;
use crate::clients::ClientInfo;
use crate::ctx::Ctx;
use crate::engine::{Alert, Pause};
use crate::error::CommandError;
use crate::keyspace::shard::Shard;

pub(super) fn write(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    let clients = ctx.engine.clients.list();
    let count = |is: &dyn Fn(&ClientInfo) -> bool| clients.iter().filter(|c| is(c)).count() as u64;
    let subscribed = |client: &ClientInfo| client.subscriptions.iter().any(|c| c.value() > 0);
    let most = |of: &dyn Fn(&ClientInfo) -> u64| clients.iter().map(|c| of(c)).max().unwrap_or(0);
    text.fields([
        ("connected_clients", count(&|client| !client.replica.load(Relaxed))),
        ("cluster_connections", 0),
        ("maxclients", u64::from(ctx.config.clients.maxclients)),
        ("client_recent_max_input_buffer", most(&|client| client.query_bytes[0].value())),
        ("client_recent_max_output_buffer", most(&|client| client.output_bytes.value())),
        ("blocked_clients", count(&|client| client.blocked.load(Relaxed))),
        ("tracking_clients", 0),
        ("pubsub_clients", count(&subscribed)),
        ("watching_clients", count(&|client| client.watched.value() > 0)),
        ("clients_in_timeout_table", count(&|client| client.blocks_for_a_time.load(Relaxed))),
        ("total_watched_keys", clients.iter().map(|client| client.watched.value()).sum()),
    ]);
    let (mut blocking_keys, mut on_no_key) = (0, 0);
    for shard in 0..ctx.keys.shard_count() {
        let both = |shard: &mut Shard| (shard.waiting.len(), shard.waiting.len_on_no_key());
        let (keys, without) = ctx.keys.with_shard(shard, both)?;
        blocking_keys += keys as u64;
        on_no_key += without as u64;
    }
    text.fields([
        ("total_blocking_keys", blocking_keys),
        ("total_blocking_keys_on_nokey", on_no_key),
    ]);
    write_pause(ctx, text);
    Ok(())
}

fn write_pause(ctx: &Ctx<'_>, text: &mut Text) {
    let Pause { until_ms, writes_only } = *ctx.engine.pause.lock();
    let paused = ctx.engine.has_alert(Alert::Paused) && until_ms > ctx.now_ms();
    let (reason, actions, left_ms) = match (paused, writes_only) {
        (false, _) => ("none", "none", 0),
        (true, true) => ("client_pause", "write", until_ms - ctx.now_ms()),
        (true, false) => ("client_pause", "all", until_ms - ctx.now_ms()),
    };
    text.field("paused_reason", reason);
    text.field("paused_actions", actions);
    text.field("paused_timeout_milliseconds", left_ms);
}
