//! `MEMORY STATS`

use resp::Args;

use crate::command::{Arity, Command, Group, Locks, SPEC, Spec};
use crate::commands::server::info::{MemoryUse, count_keys, ratio};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static STATS: Command = Command::new(Spec {
    name: "stats",
    group: Group::Server,
    arity: Arity::Exactly(2),
    since: "4.0.0",
    summary: "Returns what memory is used for, in numbers.",
    syntax: "MEMORY STATS",
    tips: &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
    locks: Locks::Stepwise,
    run: memory_stats,
    ..SPEC
});

/// A number of the reply.
enum Fact {
    Bytes(u64),
    Difference(i64),
    Ratio(f64),
}

fn memory_stats(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let memory = MemoryUse::now(ctx)?;
    let databases = count_keys(ctx)?;
    let keys: usize = databases.iter().map(|counts| counts.keys).sum();
    let used: Vec<usize> = (0..databases.len()).filter(|db| databases[*db].keys > 0).collect();
    let (before, after) = (general(&memory), totals(&memory, keys as u64));
    ctx.reply.map(before.len() + used.len() + after.len());
    write(ctx, &before);
    for db in used {
        ctx.reply.bulk_display(format_args!("db.{db}"));
        ctx.reply.map(2);
        ctx.reply.bulk(b"overhead.hashtable.main");
        ctx.reply.integer((databases[db].keys * 64 / 7) as i64);
        ctx.reply.bulk(b"overhead.hashtable.expires");
        ctx.reply.integer(0);
    }
    write(ctx, &after);
    Ok(())
}

fn write(ctx: &mut Ctx<'_>, facts: &[(&str, Fact)]) {
    for (name, fact) in facts {
        ctx.reply.bulk(name.as_bytes());
        match fact {
            Fact::Bytes(bytes) => ctx.reply.integer(*bytes as i64),
            Fact::Difference(bytes) => ctx.reply.integer(*bytes),
            Fact::Ratio(ratio) => ctx.reply.double(*ratio),
        }
    }
}

fn general(memory: &MemoryUse) -> Vec<(&'static str, Fact)> {
    let zero = |name| (name, Fact::Bytes(0));
    vec![
        ("peak.allocated", Fact::Bytes(memory.peak)),
        ("total.allocated", Fact::Bytes(memory.used)),
        ("startup.allocated", Fact::Bytes(memory.startup)),
        zero("replication.backlog"),
        zero("replicas.repl.buffer"),
        zero("clients.slaves"),
        ("clients.normal", Fact::Bytes(memory.clients)),
        zero("cluster.links"),
        zero("cluster.slot_import"),
        zero("cluster.slot_export"),
        zero("aof.buffer"),
        zero("lua.caches"),
        zero("functions.caches"),
    ]
}

fn totals(memory: &MemoryUse, keys: u64) -> Vec<(&'static str, Fact)> {
    let data = memory.dataset();
    let own = memory.used.saturating_sub(memory.startup);
    let resources = memory.resources;
    let percent = |part, whole| Fact::Ratio(ratio(part, whole) * 100.0);
    let apart = |more: u64, less: u64| Fact::Difference(more as i64 - less as i64);
    let (allocated, active) = (resources.allocated_bytes, resources.active_bytes);
    let (held, resident) = (resources.allocator_resident_bytes, resources.resident_bytes);
    vec![
        ("overhead.db.hashtable.lut", Fact::Bytes(0)),
        ("overhead.db.hashtable.rehashing", Fact::Bytes(0)),
        ("overhead.total", Fact::Bytes(memory.overhead)),
        ("db.dict.rehashing.count", Fact::Bytes(0)),
        ("keys.count", Fact::Bytes(keys)),
        ("keys.bytes-per-key", Fact::Bytes(own.checked_div(keys).unwrap_or(0))),
        ("dataset.bytes", Fact::Bytes(data)),
        ("dataset.percentage", percent(data, own)),
        ("peak.percentage", percent(memory.used, memory.peak)),
        ("allocator.allocated", Fact::Bytes(allocated)),
        ("allocator.active", Fact::Bytes(active)),
        ("allocator.resident", Fact::Bytes(held)),
        ("allocator.muzzy", Fact::Bytes(0)),
        ("allocator-fragmentation.ratio", Fact::Ratio(ratio(active, allocated))),
        ("allocator-fragmentation.bytes", apart(active, allocated)),
        ("allocator-rss.ratio", Fact::Ratio(ratio(held, active))),
        ("allocator-rss.bytes", apart(held, active)),
        ("rss-overhead.ratio", Fact::Ratio(ratio(resident, held))),
        ("rss-overhead.bytes", apart(resident, held)),
        ("fragmentation", Fact::Ratio(ratio(resident, memory.used))),
        ("fragmentation.bytes", apart(resident, memory.used)),
    ]
}
