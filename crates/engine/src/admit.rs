//! Whether a command may run now: the checks before it, off the common path.
//!
//! A session that is neither in `MULTI`, nor muted, nor subscribed, nor unauthenticated skips
//! `admit`; while no alert is raised, all skip `hold_back`.

use std::sync::atomic::Ordering;

use resp::{Args, Output, OwnedArgs, Reply};

use crate::command::{Command, Flag};
use crate::config::Config;
use crate::dispatch::Outcome;
use crate::engine::{Alert, Engine, Pause};
use crate::error::CommandError;
use crate::keyspace::mark::AccessMark;
use crate::locking;
use crate::lookup;
use crate::monitor;
use crate::session::{ReplyMode, Session};
use crate::stats::Counters;
use crate::worker::Worker;

const BUSY: &str =
    "BUSY The server is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";

/// The error, with the name of the server.
macro_rules! misconf {
    ($name:literal) => {
        concat!(
            "MISCONF ",
            $name,
            " is configured to save RDB snapshots, but it's currently unable to persist to disk. \
             Commands that may modify the data set are disabled, because this instance is \
             configured to report errors during writes if RDB snapshotting fails \
             (stop-writes-on-bgsave-error option). Please check the ",
            $name,
            " logs for details about the RDB error."
        )
    };
}

/// The answer of `admit`.
pub(crate) enum Admission {
    /// The command runs.
    Run,
    /// It was refused or queued, and the reply is there.
    Answered,
}

/// Checks what the session's state asks for.
#[cold]
pub(crate) fn admit(
    worker: &mut Worker,
    session: &mut Session,
    (command, args): (&'static Command, Args<'_>),
    out: &mut Output,
) -> Admission {
    if let Err(error) = check_session(session, command, args) {
        refuse(worker, session, (Some(command), &error), out);
        return Admission::Answered;
    }
    if worker.engine.has_alert(Alert::ScriptBusy) && !allowed_while_busy(command, args) {
        refuse(worker, session, (Some(command), &CommandError::text(BUSY)), out);
        return Admission::Answered;
    }
    if worker.config.memory.maxmemory_bytes != 0
        && let Err(error) = check_memory(worker, session, command)
    {
        refuse(worker, session, (Some(command), &error), out);
        return Admission::Answered;
    }
    if let Some(error) = check_saved(worker, session, command) {
        refuse(worker, session, (Some(command), &error), out);
        return Admission::Answered;
    }
    let queues = session.transaction.is_some() && !command.flags.has(Flag::Immediate);
    if queues && let Some(transaction) = session.transaction.as_mut() {
        if !transaction.refused {
            transaction.commands.push((command, OwnedArgs::from(args)));
        }
        session.info.queued.set(1 + transaction.commands.len() as u64);
        reply_unless_muted(session, out, |reply| reply.status("QUEUED"));
        return Admission::Answered;
    }
    Admission::Run
}

/// Refuses a command: a transaction that it was for is refused with it, and a refused `EXEC` ends
/// its transaction.
#[cold]
pub(crate) fn refuse(
    worker: &mut Worker,
    session: &mut Session,
    (command, error): (Option<&Command>, &CommandError),
    out: &mut Output,
) {
    let aborts = session.transaction.is_some() && command.is_some_and(|c| c.name() == "exec");
    let text = match aborts {
        true => format!("EXECABORT Transaction discarded because of: {error}"),
        false => error.to_string(),
    };
    count_refusal(worker.counters(), command, &text);
    if let Some(transaction) = session.transaction.as_mut() {
        transaction.refused = true;
        transaction.commands.clear();
    }
    if aborts {
        worker.discard_transaction(session);
    }
    reply_unless_muted(session, out, |reply| reply.error(text));
}

fn check_session(session: &Session, command: &Command, args: Args<'_>) -> Result<(), CommandError> {
    if !session.authenticated && !command.flags.has(Flag::NoAuth) {
        return Err(CommandError::NoAuth);
    }
    if session.transaction.is_some() && command.flags.has(Flag::NoMulti) {
        let name = lookup::full_name(command);
        return Err(CommandError::err(format!(
            "Command '{name}' not allowed inside a transaction"
        )));
    }
    let subscribed = session.protocol == resp::Protocol::Resp2 && session.subscription_count() > 0;
    if subscribed && !allowed_while_subscribed(args.at(0)) {
        let name = String::from_utf8_lossy(args.at(0)).to_lowercase();
        return Err(CommandError::err(format!(
            "Can't execute '{name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET \
             are allowed in this context"
        )));
    }
    Ok(())
}

fn allowed_while_subscribed(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 9] = [
        b"subscribe",
        b"psubscribe",
        b"ssubscribe",
        b"unsubscribe",
        b"punsubscribe",
        b"sunsubscribe",
        b"ping",
        b"quit",
        b"reset",
    ];
    NAMES.iter().any(|other| name.eq_ignore_ascii_case(other))
}

/// Checks the alerts: a snapshot that failed, a busy script, a pause.
#[cold]
pub(crate) fn hold_back(
    worker: &mut Worker,
    session: &mut Session,
    (command, args): (&'static Command, Args<'_>),
    out: &mut Output,
) -> Option<Outcome> {
    let engine = &worker.engine;
    if engine.has_alert(Alert::Monitored) && command.flags.has(Flag::SkipMonitor) {
        let seen = monitor::Seen { db: session.db, script: false, now_ms: worker.now_ms };
        monitor::feed_before(engine, &mut worker.outbox, &session.info, seen, (command, args));
    }
    if let Some(error) = check_saved(worker, session, command) {
        refuse(worker, session, (Some(command), &error), out);
        return Some(Outcome::Done);
    }
    let engine = &worker.engine;
    if !engine.has_alert(Alert::ScriptBusy) && !engine.has_alert(Alert::Paused) {
        return None;
    }
    // While it is held back it must not keep others from beginning.
    locking::withdraw(&worker.engine, &mut worker.wants_exclusive);
    let engine = &worker.engine;
    if engine.has_alert(Alert::ScriptBusy) && !allowed_while_busy(command, args) {
        let error = CommandError::text(BUSY);
        refuse(worker, session, (Some(command), &error), out);
        return Some(Outcome::Done);
    }
    if engine.has_alert(Alert::Paused) && is_paused(worker, session, (command, args)) {
        return Some(Outcome::Parked);
    }
    None
}

fn allowed_while_busy(command: &Command, args: Args<'_>) -> bool {
    if command.name() == "shutdown" {
        return args.get(1).is_some_and(|word| word.eq_ignore_ascii_case(b"nosave"));
    }
    command.flags.has(Flag::AllowBusy)
}

/// Whether a pause that is in force holds a command back.
pub(crate) fn is_paused(
    worker: &Worker,
    session: &Session,
    (command, args): (&Command, Args<'_>),
) -> bool {
    let engine = &worker.engine;
    let Some(pause) = pause_in_force(engine, worker.now_ms) else { return false };
    let mut queued = session.transaction.iter().flat_map(|transaction| &transaction.commands);
    let writes = |command: &Command, args: Args<'_>| {
        let may = command.is_write() || command.flags.has(Flag::MayReplicate);
        may && !engine.scripts.writes_nothing(command, args)
    };
    let exec =
        command.name() == "exec" && queued.any(|(inner, args)| writes(inner, args.as_args()));
    let unpauses = command.name() == "unpause";
    !session.replica && !unpauses && (!pause.writes_only || writes(command, args) || exec)
}

/// The pause, if it has not ended; the first to find that it has lowers the alert.
fn pause_in_force(engine: &Engine, now_ms: u64) -> Option<Pause> {
    let pause = engine.pause.lock();
    if now_ms < pause.until_ms {
        return Some(*pause);
    }
    engine.set_alert(Alert::Paused, false);
    None
}

/// How the uses of a session's command leave their mark, and what it sees of expired keys.
#[inline]
pub(crate) fn mark(engine: &Engine, session: &Session, any: AccessMark) -> AccessMark {
    let mut mark = any;
    mark.no_touch = session.no_touch;
    mark.keep_expired |= keeps_expired(engine);
    if mark.imports && session.info.import_source.load(Ordering::Relaxed) {
        mark.dead_up_to_ms = 0;
    }
    mark
}

/// Whether expired keys stay where they are: nothing changes during a pause.
#[inline]
pub(crate) fn keeps_expired(engine: &Engine) -> bool {
    engine.alerts.load(Ordering::Relaxed) & Alert::Paused as u32 != 0
}

/// Refuses commands that need memory when there is none.
#[cold]
pub(crate) fn check_memory(
    worker: &mut Worker,
    session: &Session,
    command: &Command,
) -> Result<(), CommandError> {
    let limit = worker.config.memory.maxmemory_bytes;
    if worker.engine.has_alert(Alert::Paused) {
        // Nothing goes during a pause, so nothing is refused for want of room.
        return Ok(());
    }
    if structures::alloc::used_bytes_about() as u64 <= limit || worker.make_room() {
        return Ok(());
    }
    let queued = session.transaction.iter().flat_map(|transaction| &transaction.commands);
    let denies = command.flags.has(Flag::DenyOom)
        || command.name() == "exec"
            && queued.into_iter().any(|(inner, _)| inner.flags.has(Flag::DenyOom));
    if denies { Err(CommandError::OutOfMemory) } else { Ok(()) }
}

/// Why nothing may be changed while the last snapshot could not be written, if so.
///
/// compat: the name is the one that `HELLO` gives.
pub(crate) fn unsaved(engine: &Engine, config: &Config) -> Option<&'static str> {
    let persistence = &config.persistence;
    let stops = persistence.stop_writes_on_bgsave_error && !persistence.save.is_empty();
    if !stops || !engine.has_alert(Alert::Unsaved) {
        return None;
    }
    Some(match config.general.extended_redis_compatibility {
        true => misconf!("Redis"),
        false => misconf!("Basalt"),
    })
}

/// Refuses what changes something while the last snapshot could not be written.
///
/// compat: `PING`, too, so that whoever only asks whether the server is well gets to know it.
fn check_saved(worker: &Worker, session: &Session, command: &Command) -> Option<CommandError> {
    if session.replica {
        return None;
    }
    let text = unsaved(&worker.engine, &worker.config)?;
    let mut queued = session.transaction.iter().flat_map(|transaction| &transaction.commands);
    let denies = match command.name() {
        "ping" => true,
        "exec" => queued.any(|(inner, _)| inner.is_write()),
        _ => command.is_write(),
    };
    denies.then(|| CommandError::text(text))
}

/// Counts a command that does not run.
#[cold]
pub(crate) fn count_refusal(counters: &Counters, command: Option<&Command>, text: &str) {
    if let Some(command) = command {
        counters.by_command[command.number()].rejected.add(1);
    }
    counters.count_error(text);
}

/// Replies to a command that does not run, if its client wants replies.
pub(crate) fn reply_unless_muted(
    session: &mut Session,
    out: &mut Output,
    write: impl FnOnce(&mut Reply<'_>),
) {
    match session.reply_mode {
        ReplyMode::On => write(&mut Reply::new(out, session.protocol)),
        ReplyMode::Off => {}
        ReplyMode::Skip | ReplyMode::SkipNext => {
            session.reply_mode = ReplyMode::On;
            session.refresh_guard();
        }
    }
}

/// Takes back the reply to a command whose client wants none.
pub(crate) fn mute(session: &mut Session, command: &Command, out: &mut Output, before: u64) {
    // What a subscription says is a push, and pushes are not replies.
    if command.flags.has(Flag::PubSub) && command.name().ends_with("subscribe") {
        return;
    }
    let is_client_reply = command.name() == "reply";
    // What subscribing confirms is pushed, not replied.
    if command.name().ends_with("subscribe") {
        return;
    }
    match session.reply_mode {
        ReplyMode::On => {}
        ReplyMode::Off => out.truncate_to(before),
        ReplyMode::SkipNext if is_client_reply => {
            out.truncate_to(before);
            session.reply_mode = ReplyMode::Skip;
        }
        ReplyMode::Skip | ReplyMode::SkipNext => {
            out.truncate_to(before);
            session.reply_mode = ReplyMode::On;
            session.refresh_guard();
        }
    }
}

/// The reply to a name that is no command.
pub(crate) fn unknown_command(args: Args<'_>) -> CommandError {
    let name = shown(args.at(0), 128);
    let mut rest = String::new();
    for arg in args.tail(1).iter() {
        if rest.len() >= 128 {
            break;
        }
        rest.push_str(&format!("'{}' ", shown(arg, 128 - rest.len())));
    }
    CommandError::err(format!("unknown command '{name}', with args beginning with: {rest}"))
}

/// The reply to a wrong number of arguments, or to a word that is no subcommand.
pub(crate) fn misfit(command: &'static Command, args: Args<'_>) -> CommandError {
    if command.spec.subcommands.is_empty() {
        return CommandError::WrongArity(lookup::full_name(command).to_owned());
    }
    match args.get(1) {
        None => CommandError::WrongArity(command.name().to_owned()),
        Some(word) => {
            let name = command.name().to_uppercase();
            let word = shown(word, 128);
            CommandError::err(format!("unknown subcommand '{word}'. Try {name} HELP."))
        }
    }
}

fn shown(bytes: &[u8], most: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(most)]).into_owned()
}
