//! `INFO [section ...]`

mod clients;
mod commands;
mod cpu;
mod keyspace;
mod memory;
mod persistence;
mod replication;
mod server;
mod stats;
mod text;

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use text::Text;

pub(super) use commands::totals;
pub(super) use keyspace::count as count_keys;
pub(super) use memory::MemoryUse;
pub(super) use text::ratio;

pub static INFO: Command = Command::new(Spec {
    name: "info",
    group: Group::Server,
    arity: Arity::AtLeast(1),
    flags: &[Flag::Loading, Flag::Stale, Flag::Sentinel],
    acl: &["dangerous"],
    since: "1.0.0",
    summary: "Returns facts and statistics about the server.",
    syntax: "INFO [section [section ...]]",
    tips: &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
    locks: Locks::Stepwise,
    run: info,
    ..SPEC
});

/// What writes a section.
type Write = fn(&mut Ctx<'_>, &mut Text) -> Result<(), CommandError>;

/// A section: its name, whether `INFO` alone shows it, and what writes it.
struct Section {
    name: &'static str,
    heading: &'static str,
    by_default: bool,
    write: Write,
}

const fn section(name: &'static str, heading: &'static str, write: Write) -> Section {
    Section { name, heading, by_default: true, write }
}

/// All sections, in the order in which they are shown.
static SECTIONS: &[Section] = &[
    section("server", "Server", server::write),
    section("clients", "Clients", clients::write),
    section("memory", "Memory", memory::write),
    section("persistence", "Persistence", persistence::write),
    section("stats", "Stats", stats::write),
    section("replication", "Replication", replication::write),
    section("cpu", "CPU", cpu::write),
    section("modules", "Modules", |_, _| Ok(())),
    Section { by_default: false, ..section("commandstats", "Commandstats", commands::calls) },
    section("errorstats", "Errorstats", commands::errors),
    Section { by_default: false, ..section("latencystats", "Latencystats", commands::latencies) },
    section("cluster", "Cluster", server::write_cluster),
    section("keyspace", "Keyspace", keyspace::write),
];

fn info(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let names: Vec<String> = args.tail(1).iter().map(lower).collect();
    let mut text = Text::default();
    for section in SECTIONS.iter().filter(|section| is_wanted(section, &names)) {
        text.heading(section.heading);
        (section.write)(ctx, &mut text)?;
    }
    ctx.reply.verbatim_bytes(*b"txt", text.as_bytes());
    Ok(())
}

fn lower(name: &[u8]) -> String {
    String::from_utf8_lossy(name).to_lowercase()
}

fn is_wanted(section: &Section, names: &[String]) -> bool {
    let wanted = |name: &String| match name.as_str() {
        "all" | "everything" => true,
        "default" => section.by_default,
        name => name == section.name,
    };
    names.is_empty() && section.by_default || names.iter().any(wanted)
}
