//! `# Memory`: what is used, by whom, and what the system thinks of it.

use std::sync::atomic::Ordering::Relaxed;

use super::text::{Text, human, ratio};
use crate::config::Choice;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::error::CommandError;
use crate::host::Resources;
use crate::stats::{Counter, Counters};

/// Sums over the memory of the process.
pub(in crate::commands::server) struct MemoryUse {
    pub(in crate::commands::server) used: u64,
    pub(in crate::commands::server) peak: u64,
    pub(in crate::commands::server) startup: u64,
    /// What is not values: tables, buffers, the program.
    pub(in crate::commands::server) overhead: u64,
    pub(in crate::commands::server) clients: u64,
    pub(in crate::commands::server) resources: Resources,
}

impl MemoryUse {
    /// Asks everybody.
    pub(in crate::commands::server) fn now(ctx: &mut Ctx<'_>) -> Result<MemoryUse, CommandError> {
        let engine = ctx.engine;
        let used = structures::alloc::used_bytes() as u64;
        let peak = engine.peak_bytes.fetch_max(used, Relaxed).max(used);
        let startup = engine.startup_bytes.load(Relaxed);
        let mut tables = 0;
        for shard in 0..ctx.keys.shard_count() {
            let slots = |shard: &mut crate::keyspace::shard::Shard| {
                shard.tables().iter().map(|table| table.slots() * 64 / 7).sum::<usize>()
            };
            tables += ctx.keys.with_shard(shard, slots)? as u64;
        }
        let clients = client_bytes(engine);
        let resources = (engine.host.resources)();
        let overhead = (startup + tables + clients).min(used);
        Ok(MemoryUse { used, peak, startup, overhead, clients, resources })
    }

    /// What the keys and values themselves take.
    pub(in crate::commands::server) fn dataset(&self) -> u64 {
        self.used - self.overhead
    }
}

fn client_bytes(engine: &Engine) -> u64 {
    let buffers = |client: &std::sync::Arc<crate::clients::ClientInfo>| {
        let [used, free] = &client.query_bytes;
        1600 + used.value() + free.value() + client.output_bytes.value()
    };
    engine.clients.list().iter().map(buffers).sum()
}

pub(super) fn write(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    let memory = MemoryUse::now(ctx)?;
    let MemoryUse { used, peak, startup, overhead, resources, .. } = memory;
    let dataset = memory.dataset();
    let sized = |text: &mut Text, name: &str, bytes: u64| {
        text.field(name, bytes);
        text.field(&format!("{name}_human"), human(bytes));
    };
    let percent = |part, whole| format!("{:.2}%", ratio(part, whole) * 100.0);
    sized(text, "used_memory", used);
    sized(text, "used_memory_rss", resources.resident_bytes);
    sized(text, "used_memory_peak", peak);
    text.field("used_memory_peak_perc", percent(used, peak));
    text.fields([
        ("used_memory_overhead", overhead),
        ("used_memory_startup", startup),
        ("used_memory_dataset", dataset),
    ]);
    text.field("used_memory_dataset_perc", percent(dataset, used.saturating_sub(startup)));
    text.fields([
        ("allocator_allocated", resources.allocated_bytes),
        ("allocator_active", resources.active_bytes),
        ("allocator_resident", resources.allocator_resident_bytes),
        ("allocator_muzzy", 0),
    ]);
    sized(text, "total_system_memory", resources.total_bytes);
    write_scripts(text, ctx);
    sized(text, "maxmemory", ctx.config.memory.maxmemory_bytes);
    text.field("maxmemory_policy", ctx.config.memory.maxmemory_policy.name());
    write_fragmentation(text, &memory);
    write_buffers(text, &memory);
    let total = |of: fn(&Counters) -> &Counter| ctx.engine.total(|counters| of(counters).value());
    text.field("lazyfree_pending_objects", total(|counters| &counters.pending_frees));
    text.field("lazyfreed_objects", total(|counters| &counters.freed));
    Ok(())
}

/// What scripts and functions use is not counted apart yet.
fn write_scripts(text: &mut Text, ctx: &Ctx<'_>) {
    let (count, bytes) = ctx.engine.scripts.size();
    text.zeroes(&["used_memory_lua", "used_memory_vm_eval"]);
    text.field("used_memory_lua_human", human(0));
    text.fields([
        ("used_memory_scripts_eval", bytes as u64),
        ("number_of_cached_scripts", count as u64),
    ]);
    text.zeroes(&["number_of_functions", "number_of_libraries", "used_memory_vm_functions"]);
    text.zeroes(&["used_memory_vm_total"]);
    text.field("used_memory_vm_total_human", human(0));
    text.zeroes(&["used_memory_functions", "used_memory_scripts"]);
    text.field("used_memory_scripts_human", human(0));
}

fn write_fragmentation(text: &mut Text, memory: &MemoryUse) {
    let Resources {
        resident_bytes: resident,
        allocated_bytes: allocated,
        active_bytes: active,
        allocator_resident_bytes: held,
        ..
    } = memory.resources;
    let pair = |text: &mut Text, (ratio_name, bytes_name): (&str, &str), more: u64, less: u64| {
        text.field(ratio_name, format_args!("{:.2}", ratio(more, less)));
        text.field(bytes_name, more as i64 - less as i64);
    };
    pair(text, ("allocator_frag_ratio", "allocator_frag_bytes"), active, allocated);
    pair(text, ("allocator_rss_ratio", "allocator_rss_bytes"), held, active);
    pair(text, ("rss_overhead_ratio", "rss_overhead_bytes"), resident, held);
    pair(text, ("mem_fragmentation_ratio", "mem_fragmentation_bytes"), resident, memory.used);
}

fn write_buffers(text: &mut Text, memory: &MemoryUse) {
    text.zeroes(&["mem_not_counted_for_evict", "mem_replication_backlog"]);
    text.zeroes(&["mem_total_replication_buffers", "mem_replicas_repl_buffer"]);
    text.zeroes(&["mem_clients_slaves"]);
    text.field("mem_clients_normal", memory.clients);
    text.zeroes(&["mem_cluster_links", "mem_aof_buffer"]);
    text.field("mem_allocator", "jemalloc-5.3.0");
    text.zeroes(&["mem_overhead_db_hashtable_rehashing", "active_defrag_running"]);
}
