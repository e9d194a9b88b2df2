//! `MEMORY DOCTOR`

use resp::Args;

use crate::command::{Arity, Command, Group, Locks, SPEC, Spec};
use crate::commands::server::info::{MemoryUse, ratio};
use crate::ctx::Ctx;
use crate::error::CommandError;

/// Below this, ratios say nothing.
const SMALL_BYTES: u64 = 5 << 20;

pub static DOCTOR: Command = Command::new(Spec {
    name: "doctor",
    group: Group::Server,
    arity: Arity::Exactly(2),
    since: "4.0.0",
    summary: "Says in words whether memory is well used.",
    syntax: "MEMORY DOCTOR",
    tips: &["nondeterministic_output", "request_policy:all_shards", "response_policy:special"],
    locks: Locks::Stepwise,
    run: memory_doctor,
    ..SPEC
});

fn memory_doctor(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let memory = MemoryUse::now(ctx)?;
    let report = diagnose(&memory);
    ctx.reply.verbatim("txt", &report);
    Ok(())
}

fn diagnose(memory: &MemoryUse) -> String {
    if memory.used < SMALL_BYTES {
        return "The server uses very little memory, too little to judge how well it is used.\n"
            .into();
    }
    let resources = memory.resources;
    let clients = memory.clients / 2;
    let findings = [
        (
            ratio(memory.peak, memory.used) > 1.5,
            "Once much more memory was in use than now. What was freed is given back to the system \
             by and by; MEMORY PURGE gives it back at once.",
        ),
        (
            ratio(resources.active_bytes, resources.allocated_bytes) > 1.4,
            "Many pages are only partly in use. That happens when values of one size are deleted \
             and values of other sizes take their place.",
        ),
        (
            ratio(resources.allocator_resident_bytes, resources.active_bytes) > 1.3,
            "The allocator holds pages that nobody uses; MEMORY PURGE gives them back.",
        ),
        (
            clients > memory.used / 4,
            "Clients' buffers take a large part of the memory: CLIENT LIST shows whose (omem, \
             qbuf). Clients that do not read their replies are the usual reason.",
        ),
    ];
    let found: Vec<&str> = findings.iter().filter(|(is, _)| *is).map(|(_, text)| *text).collect();
    if found.is_empty() { "All is well with the memory.\n".into() } else { found.join("\n") + "\n" }
}
