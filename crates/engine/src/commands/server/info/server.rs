//! `# Server` and `# Cluster`: the program, the machine, the time.

use super::text::Text;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::identity;

pub(super) fn write(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    let (engine, config, now_ms) = (ctx.engine, ctx.config, ctx.now_ms());
    let host = &engine.host;
    let uptime_s = now_ms.saturating_sub(engine.started_ms) / 1000;
    text.field("redis_version", identity::REDIS_VERSION);
    text.field("server_name", "basalt");
    text.field("basalt_version", identity::BASALT_VERSION);
    text.field("redis_git_sha1", "00000000");
    text.field("redis_git_dirty", 0);
    text.field("redis_build_id", "0");
    text.field("redis_mode", identity::mode(config));
    text.field("server_mode", identity::mode(config));
    text.field("os", &host.os);
    text.field("arch_bits", usize::BITS);
    text.field("monotonic_clock", host.clock_name);
    text.field("multiplexing_api", if cfg!(target_os = "linux") { "epoll" } else { "kqueue" });
    text.field("process_id", host.pid);
    text.field("process_supervised", host.supervised);
    text.field("run_id", &engine.run_id);
    text.field("tcp_port", config.network.port);
    text.field("server_time_usec", engine.wall_us(now_ms));
    text.field("uptime_in_seconds", uptime_s);
    text.field("uptime_in_days", uptime_s / 86_400);
    text.field("hz", config.general.hz);
    text.field("configured_hz", config.general.hz);
    text.field("lru_clock", (now_ms / 1000) & 0xFF_FFFF);
    text.field("executable", &host.executable);
    text.field("config_file", &host.config_file);
    text.field("io_threads_active", 0);
    text.field("workers", engine.counters.len());
    text.field("availability_zone", &config.general.availability_zone);
    write_listeners(ctx, text);
    Ok(())
}

fn write_listeners(ctx: &Ctx<'_>, text: &mut Text) {
    let network = &ctx.config.network;
    let mut listeners = Vec::new();
    if network.port != 0 {
        let bind: String = network.bind.iter().map(|address| format!("bind={address},")).collect();
        listeners.push(format!("name=tcp,{bind}port={}", network.port));
    }
    if !network.unixsocket.is_empty() {
        listeners.push(format!("name=unix,bind={}", network.unixsocket));
    }
    for (at, listener) in listeners.iter().enumerate() {
        text.field(&format!("listener{at}"), listener);
    }
}

pub(super) fn write_cluster(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    text.field("cluster_enabled", u8::from(ctx.config.cluster.cluster_enabled));
    Ok(())
}
