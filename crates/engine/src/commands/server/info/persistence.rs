//! `# Persistence`: snapshots and the append-only file.

use std::sync::atomic::Ordering::Relaxed;

use super::text::Text;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub(super) fn write(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    let engine = ctx.engine;
    let snapshots = &engine.snapshots;
    let running = snapshots.is_running();
    let status = if snapshots.last_succeeded.load(Relaxed) { "ok" } else { "err" };
    let last_s = match snapshots.last_duration_ms.load(Relaxed) {
        u64::MAX => -1,
        ms => (ms / 1000) as i64,
    };
    let since_s = ctx.now_ms().saturating_sub(snapshots.started_ms.load(Relaxed)) / 1000;
    text.zeroes(&["loading", "async_loading", "current_cow_peak", "current_cow_size"]);
    text.zeroes(&["current_cow_size_age"]);
    text.field("current_fork_perc", "0.00");
    text.zeroes(&["current_save_keys_processed", "current_save_keys_total"]);
    text.fields([
        ("rdb_changes_since_last_save", engine.dirty()),
        ("rdb_bgsave_in_progress", u64::from(running)),
        ("rdb_last_save_time", engine.last_save_ms.load(Relaxed) / 1000),
    ]);
    text.field("rdb_last_bgsave_status", status);
    text.field("rdb_last_bgsave_time_sec", last_s);
    text.field("rdb_current_bgsave_time_sec", if running { since_s as i64 } else { -1 });
    text.field("rdb_saves", snapshots.completed.load(Relaxed));
    text.zeroes(&["rdb_last_cow_size", "rdb_last_load_keys_expired"]);
    text.zeroes(&["rdb_last_load_keys_loaded", "aof_enabled", "aof_rewrite_in_progress"]);
    text.zeroes(&["aof_rewrite_scheduled"]);
    text.field("aof_last_rewrite_time_sec", -1);
    text.field("aof_current_rewrite_time_sec", -1);
    text.field("aof_last_bgrewrite_status", "ok");
    text.zeroes(&["aof_rewrites", "aof_rewrites_consecutive_failures"]);
    text.field("aof_last_write_status", "ok");
    text.zeroes(&["aof_last_cow_size", "module_fork_in_progress", "module_fork_last_cow_size"]);
    Ok(())
}
