//! `OBJECT ENCODING key`, `OBJECT FREQ key`, `OBJECT IDLETIME key`, `OBJECT REFCOUNT key`,
//! `OBJECT HELP`

use resp::Args;
use structures::entry::{EntryRef, INLINE_MAX, Payload};
use types::access::{LfuSettings, lfu_counter, lru_idle_seconds};
use types::{Object, Value};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::help::help;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static OBJECT: Command = Command::new(Spec {
    name: "object",
    group: Group::Generic,
    arity: Arity::AtLeast(2),
    since: "2.2.3",
    complexity: "Depends on the subcommand",
    summary: "Looks into how values are kept.",
    syntax: "OBJECT subcommand [arguments]",
    subcommands: &[&ENCODING, &FREQ, &HELP, &IDLETIME, &REFCOUNT],
    ..SPEC
});

/// What those with a key have in common.
const LOOK: Spec = Spec {
    group: Group::Generic,
    arity: Arity::Exactly(3),
    flags: &[Flag::ReadOnly],
    keys: &[key(2, Access::Inspect)],
    since: "2.2.3",
    tips: &["nondeterministic_output"],
    ..SPEC
};

static ENCODING: Command = Command::new(Spec {
    name: "encoding",
    summary: "Returns how a value is kept.",
    syntax: "OBJECT ENCODING key",
    run: encoding,
    ..LOOK
});

static FREQ: Command = Command::new(Spec {
    name: "freq",
    since: "4.0.0",
    summary: "Returns how often a key is used, on a logarithmic scale.",
    syntax: "OBJECT FREQ key",
    run: freq,
    ..LOOK
});

static IDLETIME: Command = Command::new(Spec {
    name: "idletime",
    summary: "Returns the seconds since a key was used.",
    syntax: "OBJECT IDLETIME key",
    run: idletime,
    ..LOOK
});

static REFCOUNT: Command = Command::new(Spec {
    name: "refcount",
    summary: "Returns the number of references to a value, which is one.",
    syntax: "OBJECT REFCOUNT key",
    run: refcount,
    ..LOOK
});

static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Generic,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "6.2.0",
    summary: "Explains the subcommands.",
    syntax: "OBJECT HELP",
    run: help,
    ..SPEC
});

fn encoding(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    match ctx.keys.peek(args.at(2)).map(encoding_of) {
        Some(name) => ctx.reply.bulk(name.as_bytes()),
        None => ctx.reply.null(),
    }
    Ok(())
}

/// How a value is kept, in the words that clients know.
pub fn encoding_of(entry: EntryRef<'_, Value>) -> &'static str {
    match entry.payload() {
        Payload::Int(_) => "int",
        Payload::Bytes(bytes) => embedded_or_raw(entry, bytes.len()),
        // A short string outside its entry was changed in place.
        Payload::Blob(blob) if blob.len() <= INLINE_MAX => "raw",
        Payload::Blob(blob) => embedded_or_raw(entry, blob.len()),
        Payload::Object(value) => value.encoding(),
    }
}

/// compat: the field's servers call a string embedded where it fits into two cache lines together
/// with their header (8 bytes), the key and the deadline.
fn embedded_or_raw(entry: EntryRef<'_, Value>, len: usize) -> &'static str {
    let key_len = entry.key().len();
    let key_header = if key_len < 32 { 3 } else { 5 };
    let deadline = if entry.expire_at_ms().is_some() { 8 } else { 0 };
    if 8 + key_header + key_len + deadline + 4 + len <= 128 { "embstr" } else { "raw" }
}

fn freq(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let now_ms = ctx.now_ms();
    let memory = &ctx.config.memory;
    let Some(access) = ctx.keys.peek(args.at(2)).map(EntryRef::access) else {
        ctx.reply.null();
        return Ok(());
    };
    if !memory.maxmemory_policy.is_lfu() {
        return Err(CommandError::err(
            "An LFU maxmemory policy is not selected, access frequency not tracked. Please note \
             that when switching between policies at runtime LRU and LFU data will take some time \
             to adjust.",
        ));
    }
    let settings = LfuSettings {
        log_factor: memory.lfu_log_factor,
        decay_time_min: memory.lfu_decay_time_min,
    };
    ctx.reply.integer(i64::from(lfu_counter(access, now_ms, settings)));
    Ok(())
}

fn idletime(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let now_ms = ctx.now_ms();
    let Some(access) = ctx.keys.peek(args.at(2)).map(EntryRef::access) else {
        ctx.reply.null();
        return Ok(());
    };
    if ctx.config.memory.maxmemory_policy.is_lfu() {
        return Err(CommandError::err(
            "An LFU maxmemory policy is selected, idle time not tracked. Please note that when \
             switching between policies at runtime LRU and LFU data will take some time to adjust.",
        ));
    }
    ctx.reply.integer(i64::from(lru_idle_seconds(access, now_ms)));
    Ok(())
}

fn refcount(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    match ctx.keys.peek(args.at(2)) {
        Some(_) => ctx.reply.integer(1),
        None => ctx.reply.null(),
    }
    Ok(())
}
