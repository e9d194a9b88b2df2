//! `DEBUG ...`: for tests of the server; off unless `enable-debug-command` allows it.
//!
//! One command that looks at its first word, as in the field's servers: the words are many, come
//! and go, and are no interface that anybody may rely on. It holds every shard.

mod digest;
mod object;
mod populate;
mod protocol;
mod reload;
mod table;

use std::sync::atomic::Ordering;
use std::time::Duration;

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::commands::arguments::{integer, is_word, text};
use crate::commands::help::reply_help;
use crate::config::Permission;
use crate::ctx::Ctx;
use crate::engine::REPLY_BUFFER_IDLE_MS;
use crate::error::CommandError;
use crate::letter::Action;

pub static DEBUG: Command = Command::new(Spec {
    name: "debug",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Protected],
    since: "1.0.0",
    complexity: "by subcommand",
    summary: "Does what tests of the server need.",
    syntax: "DEBUG <subcommand> [arg ...]",
    locks: Locks::All,
    run: debug,
    ..SPEC
});

/// What runs one word of `DEBUG`.
type Run = fn(&mut Ctx<'_>, Args<'_>) -> Result<(), CommandError>;

/// A word: its name, the fewest and most arguments it takes, and what runs it.
type Word = (&'static str, usize, usize, Run);

/// All words. What is accepted and does nothing is about parts that this server does not have.
static WORDS: &[Word] = &[
    ("help", 0, 0, help),
    ("assert", 0, 0, crash),
    ("change-repl-id", 0, 0, change_replication_id),
    ("client-eviction", 0, 0, |_, _| Err(CommandError::err("maxmemory-clients is disabled."))),
    ("config-rewrite-force-all", 0, 0, rewrite_config),
    ("dict-resizing", 1, 1, accept),
    ("digest", 0, 0, digest::digest),
    ("digest-value", 0, usize::MAX, digest::digest_value),
    ("error", 1, 1, error),
    ("hashtable-can-abort-shrink", 1, 1, accept),
    ("htstats", 1, 2, table::htstats),
    ("listpack", 1, 1, object::listpack),
    ("log", 1, 1, log),
    ("object", 1, 2, object::object),
    ("panic", 0, 0, crash),
    ("populate", 1, 3, populate::populate),
    ("protocol", 1, 1, protocol::protocol),
    ("quicklist-packed-threshold", 1, 1, accept),
    ("reload", 0, 3, reload::reload),
    ("replybuffer", 2, 2, reply_buffer),
    ("sdslen", 1, 1, object::sdslen),
    ("segfault", 0, 0, crash),
    ("set-active-expire", 1, 1, set_active_expire),
    ("set-skip-checksum-validation", 1, 1, skip_checksums),
    ("set-disable-deny-scripts", 1, 1, allow_all_in_scripts),
    ("sleep", 1, 1, sleep),
    ("stringmatch-test", 0, 0, test_globs),
    ("structsize", 0, 0, object::structsize),
];

fn debug(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let permission = ctx.config.security.enable_debug_command;
    allow(ctx, permission, ("DEBUG", "enable-debug-command"))?;
    let given = args.len() - 2;
    let word = WORDS.iter().find(|(name, ..)| is_word(args.at(1), name));
    match word {
        Some((_, least, most, run)) if (*least..=*most).contains(&given) => run(ctx, args),
        _ => Err(CommandError::err(format!(
            "unknown subcommand or wrong number of arguments for '{}'. Try DEBUG HELP.",
            text(args.at(1))
        ))),
    }
}

/// Checks the directive that a protected command needs.
///
/// # Errors
///
/// A text that names the directive.
pub(super) fn allow(
    ctx: &Ctx<'_>,
    permission: Permission,
    (command, directive): (&str, &str),
) -> Result<(), CommandError> {
    let allowed = match permission {
        Permission::No => false,
        Permission::Yes => true,
        Permission::Local => ctx.session.info.is_local(),
    };
    if allowed {
        return Ok(());
    }
    Err(CommandError::err(format!(
        "{command} command not allowed. If the {directive} option is set to \"local\", you can run \
         it from a local connection, otherwise you need to set this option in the configuration \
         file, and then restart the server."
    )))
}

fn help(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let entries = [
        ("CHANGE-REPL-ID", "Names the history of the data anew."),
        ("DIGEST", "Returns a digest of all keys and values."),
        ("DIGEST-VALUE key [key ...]", "Returns digests of some values."),
        ("ERROR text", "Replies with an error."),
        ("HTSTATS db [FULL]", "Describes the tables of a database."),
        ("LISTPACK key", "Tells whether the value is kept as a listpack."),
        ("LOG text", "Writes a line to the text log."),
        ("OBJECT key", "Describes how a value is kept."),
        ("PANIC", "Ends the server with a crash report; also ASSERT, SEGFAULT."),
        ("POPULATE count [prefix] [size]", "Makes keys for tests."),
        ("PROTOCOL type", "Replies with a value of this type of the protocol."),
        ("RELOAD [MERGE] [NOFLUSH]", "Takes every value through its form in a dump file."),
        (
            "REPLYBUFFER PEAK-RESET-TIME milliseconds|NEVER|RESET",
            "Says when idle clients give back the memory of their replies.",
        ),
        ("SDSLEN key", "Describes the lengths of a key and its string."),
        ("SET-ACTIVE-EXPIRE 0|1", "Stops or starts the removal of expired keys."),
        ("SET-SKIP-CHECKSUM-VALIDATION 0|1", "Lets RESTORE take any checksum, or not."),
        ("SLEEP seconds", "Stops the server for a time."),
    ];
    reply_help(ctx, args.at(0), &entries);
    Ok(())
}

/// Lets scripts call what is not meant for them, for tests of the replies that they get.
fn allow_all_in_scripts(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let on = args.at(2) != b"0";
    ctx.engine.scripts.allow_all.store(on, std::sync::atomic::Ordering::Relaxed);
    ctx.reply.ok();
    Ok(())
}

fn accept(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.ok();
    Ok(())
}

/// `REPLYBUFFER PEAK-RESET-TIME ms|NEVER|RESET`, `REPLYBUFFER RESIZING 0|1`
fn reply_buffer(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let idle_ms = match args.at(3) {
        word if is_word(args.at(2), "resizing") => match word {
            b"0" => u64::MAX,
            _ => REPLY_BUFFER_IDLE_MS,
        },
        _ if !is_word(args.at(2), "peak-reset-time") => return Err(CommandError::Syntax),
        word if is_word(word, "never") => u64::MAX,
        word if is_word(word, "reset") => REPLY_BUFFER_IDLE_MS,
        word => u64::try_from(integer(word)?).map_err(|_| CommandError::NotInteger)?,
    };
    ctx.engine.reply_buffer_idle_ms.store(idle_ms, Ordering::Relaxed);
    ctx.reply.ok();
    Ok(())
}

fn crash(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.outbox.actions.push(Action::Crash);
    ctx.reply.ok();
    Ok(())
}

fn change_replication_id(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let mut bytes = [0; 20];
    (ctx.engine.host.entropy)(&mut bytes);
    let id = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    *ctx.engine.replication_id.lock() = id;
    ctx.reply.ok();
    Ok(())
}

fn rewrite_config(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    if ctx.engine.host.config_file.is_empty() || ctx.atomic {
        return Err(CommandError::err("CONFIG-REWRITE-FORCE-ALL failed: no config file"));
    }
    ctx.ask_server(Action::RewriteConfig { client: ctx.session.info.id });
    Ok(())
}

fn error(_: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    Err(CommandError::text(text(args.at(2))))
}

fn log(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let text = format!("DEBUG LOG: {}", text(args.at(2)));
    ctx.outbox.actions.push(Action::Log { level: 3, text });
    ctx.reply.ok();
    Ok(())
}

fn set_active_expire(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    ctx.engine.active_expire_off.store(args.at(2) == b"0", Ordering::Relaxed);
    ctx.reply.ok();
    Ok(())
}

fn skip_checksums(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    ctx.engine.skip_checksums.store(args.at(2) != b"0", Ordering::Relaxed);
    ctx.reply.ok();
    Ok(())
}

fn sleep(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let seconds = text(args.at(2)).parse::<f64>().unwrap_or(0.0);
    let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    (ctx.engine.host.sleep)(time);
    ctx.keys.advance(time.as_millis() as u64);
    ctx.reply.ok();
    Ok(())
}

/// Matches random patterns against random texts; whatever comes out, it must end.
fn test_globs(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    const LETTERS: &[u8] = b"ab*?[]^-\\";
    let mut word = |most: u64| -> Vec<u8> {
        let len = ctx.random.below(most);
        (0..len).map(|_| LETTERS[ctx.random.below(LETTERS.len() as u64) as usize]).collect()
    };
    for _ in 0..10_000 {
        let (pattern, subject) = (word(20), word(40));
        let _ = crate::glob::matches(&pattern, &subject, crate::glob::Case::Sensitive);
    }
    ctx.reply.status("Apparently the server did not crash: test passed");
    Ok(())
}
