//! `RESTORE key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]`,
//! `RESTORE-ASKING`

use std::sync::atomic::Ordering;

use persistence::payload::{self, Checks, PayloadError};
use persistence::rdb::Loaded;
use resp::Args;
use structures::entry::Put;
use types::access::{lfu_from_counter, lru_from_idle};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, integer, is_word};
use crate::config::RdbVersionCheck;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::{Deadline, put_string};

const RESTORED: Event = event(Class::Generic, "restore");

pub static RESTORE: Command = Command::new(Spec {
    name: "restore",
    group: Group::Generic,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write, Flag::DenyOom],
    acl: &["dangerous"],
    keys: &[key(1, Access::Overwrite)],
    since: "2.6.0",
    complexity: "O(N) where N is the elements of the value",
    summary: "Gives a key the value that DUMP has returned elsewhere.",
    syntax: "RESTORE key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] \
             [FREQ frequency]",
    run: restore,
    ..SPEC
});

pub static RESTORE_ASKING: Command = Command::new(Spec {
    name: "restore-asking",
    group: Group::Server,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Asking],
    acl: &["dangerous", "keyspace"],
    keys: &[key(1, Access::Overwrite)],
    since: "3.0.0",
    complexity: "O(N) where N is the elements of the value",
    summary: "As RESTORE, into a slot that a cluster is moving here.",
    syntax: "RESTORE-ASKING key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] \
             [FREQ frequency]",
    run: restore,
    ..SPEC
});

#[derive(Default)]
struct Options {
    replace: bool,
    absolute: bool,
    idle_s: Option<u64>,
    frequency: Option<u8>,
}

fn restore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, options) = (args.at(1), parse(args)?);
    if !options.replace && ctx.keys.peek(key).is_some() {
        return Err(CommandError::text("BUSYKEY Target key name already exists."));
    }
    let ttl_ms = u64::try_from(integer(args.at(2))?)
        .map_err(|_| CommandError::err("Invalid TTL value, must be >= 0"))?;
    let loaded = open(ctx, args.at(3))?;
    let base_ms = if options.absolute { 0 } else { ctx.now_ms() };
    let expire_at_ms = (ttl_ms > 0).then(|| base_ms.saturating_add(ttl_ms));
    ctx.reply.ok();
    if expire_at_ms.is_some_and(|ms| ctx.keys.is_past(ms)) {
        // What is there goes, and what comes has expired on the way.
        if ctx.keys.delete(key) {
            let lazy = ctx.config.memory.lazyfree_lazy_server_del;
            ctx.propagate(&[if lazy { b"UNLINK" } else { b"DEL" }, key]);
        }
        return Ok(());
    }
    let deadline = expire_at_ms.map_or(Deadline::Clear, Deadline::At);
    match loaded {
        Loaded::Bytes(bytes) => ctx.keys.set(key, put_string(&bytes), deadline, RESTORED),
        Loaded::Object(value) => {
            ctx.keys.set(key, Put::Object(Box::new(value)), deadline, RESTORED);
        }
    }
    mark(ctx, key, &options);
    if let Some(ms) = expire_at_ms.filter(|_| !options.absolute) {
        propagate(ctx, args, ms);
    }
    Ok(())
}

fn parse(args: Args<'_>) -> Result<Options, CommandError> {
    let mut options = Options::default();
    let mut words = Words::new(args, 4);
    while let Some(word) = words.next() {
        if is_word(word, "REPLACE") {
            options.replace = true;
        } else if is_word(word, "ABSTTL") {
            options.absolute = true;
        } else if is_word(word, "IDLETIME") && options.frequency.is_none() {
            let error = "Invalid IDLETIME value, must be >= 0";
            let idle_s = u64::try_from(integer(words.argument()?)?);
            options.idle_s = Some(idle_s.map_err(|_| CommandError::err(error))?);
        } else if is_word(word, "FREQ") && options.idle_s.is_none() {
            let error = "Invalid FREQ value, must be >= 0 and <= 255";
            let frequency = u8::try_from(integer(words.argument()?)?);
            options.frequency = Some(frequency.map_err(|_| CommandError::err(error))?);
        } else {
            return Err(CommandError::Syntax);
        }
    }
    Ok(options)
}

fn open(ctx: &Ctx<'_>, payload: &[u8]) -> Result<Loaded, CommandError> {
    let checks = Checks {
        version: ctx.config.persistence.rdb_version_check == RdbVersionCheck::Strict,
        checksum: !ctx.engine.skip_checksums.load(Ordering::Relaxed),
    };
    payload::open(payload, checks, &ctx.sizes()).map_err(|error| {
        CommandError::err(match error {
            PayloadError::Sealed => "DUMP payload version or checksum are wrong",
            PayloadError::Value => "Bad data format",
        })
    })
}

/// Marks the key as used when or as often as the options say, if the policy in force asks that.
fn mark(ctx: &mut Ctx<'_>, key: &[u8], options: &Options) {
    let now_ms = ctx.now_ms();
    let access = if ctx.config.memory.maxmemory_policy.is_lfu() {
        options.frequency.map(|counter| lfu_from_counter(counter, now_ms))
    } else {
        options.idle_s.map(|idle_s| lru_from_idle(idle_s, now_ms))
    };
    if let (Some(access), Some(entry)) = (access, ctx.keys.peek(key)) {
        entry.set_access(access);
    }
}

/// Logs the deadline as a moment.
fn propagate(ctx: &mut Ctx<'_>, args: Args<'_>, expire_at_ms: u64) {
    let digits = expire_at_ms.to_string();
    let mut words: Vec<&[u8]> = args.iter().collect();
    words[2] = digits.as_bytes();
    words.push(b"ABSTTL");
    ctx.propagate(&words);
}
