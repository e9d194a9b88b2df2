//! `EVAL script numkeys [key ...] [arg ...]`, `EVALSHA sha1 ...`, `EVAL_RO`, `EVALSHA_RO`
//!
//! A script that may write holds the shards of its keys and the script token; on the first key
//! that it did not declare it waits for all other shards, and starts with them the next time. A
//! read-only one has no token, so it cannot wait: it is begun anew with every shard.

use std::sync::Arc;

use resp::Args;
use resp::number::parse_i64;

use super::host::{End, ScriptHost};
use crate::command::{Access, Arity, Command, Flag, Group, Locks, SPEC, Spec, counted};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::script::{Script, ScriptToken};
use crate::shebang::Flags;

const RUN: Spec = Spec {
    group: Group::Scripting,
    arity: Arity::AtLeast(3),
    flags: &[
        Flag::NoScript,
        Flag::Stale,
        Flag::SkipMonitor,
        Flag::MayReplicate,
        Flag::NoMandatoryKeys,
    ],
    keys: &[counted(2, 1, Access::Update)],
    since: "2.6.0",
    complexity: "That of the script",
    locks: Locks::Script,
    ..SPEC
};

const RUN_READ_ONLY: Spec = Spec {
    flags: &[Flag::ReadOnly, Flag::NoScript, Flag::Stale, Flag::SkipMonitor, Flag::NoMandatoryKeys],
    keys: &[counted(2, 1, Access::Read)],
    since: "7.0.0",
    ..RUN
};

pub static EVAL: Command = Command::new(Spec {
    name: "eval",
    summary: "Runs a Lua script.",
    syntax: "EVAL script numkeys [key [key ...]] [arg [arg ...]]",
    run: eval,
    ..RUN
});

pub static EVALSHA: Command = Command::new(Spec {
    name: "evalsha",
    summary: "Runs a Lua script that the server knows by its SHA-1.",
    syntax: "EVALSHA sha1 numkeys [key [key ...]] [arg [arg ...]]",
    run: evalsha,
    ..RUN
});

pub static EVAL_RO: Command = Command::new(Spec {
    name: "eval_ro",
    summary: "Runs a Lua script that may not write.",
    syntax: "EVAL_RO script numkeys [key [key ...]] [arg [arg ...]]",
    run: eval,
    ..RUN_READ_ONLY
});

pub static EVALSHA_RO: Command = Command::new(Spec {
    name: "evalsha_ro",
    summary: "Runs a Lua script that the server knows by its SHA-1 and that may not write.",
    syntax: "EVALSHA_RO sha1 numkeys [key [key ...]] [arg [arg ...]]",
    run: evalsha,
    ..RUN_READ_ONLY
});

fn eval(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let keys = key_count(args)?;
    let script = ctx.engine.scripts.of_body(args.at(1))?;
    run(ctx, &script, args, keys)
}

fn evalsha(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let script = ctx.engine.scripts.find(args.at(1));
    if args.at(1).len() != 40 {
        return Err(no_script());
    }
    let keys = key_count(args)?;
    run(ctx, &script.ok_or_else(no_script)?, args, keys)
}

/// The reply where no script has this SHA.
pub(super) fn no_script() -> CommandError {
    CommandError::text("NOSCRIPT No matching script.")
}

fn key_count(args: Args<'_>) -> Result<usize, CommandError> {
    let count = parse_i64(args.at(2)).ok_or(CommandError::NotInteger)?;
    if count > args.len() as i64 - 3 {
        return Err(CommandError::err("Number of keys can't be greater than number of args"));
    }
    usize::try_from(count).map_err(|_| CommandError::err("Number of keys can't be negative"))
}

fn run(
    ctx: &mut Ctx<'_>,
    script: &Arc<Script>,
    args: Args<'_>,
    keys: usize,
) -> Result<(), CommandError> {
    check_flags(ctx, script)?;
    let read_only = ctx.command.flags.has(Flag::ReadOnly) || script.writes_nothing();
    let engine = ctx.engine;
    // Inside EXEC the token is held already, for all of its scripts.
    let alone = read_only && !ctx.atomic;
    let _token = if alone || ctx.atomic {
        None
    } else {
        Some(ScriptToken::take(engine).ok_or(CommandError::Park)?)
    };
    let worker = ctx.session.worker;
    let mut interpreter =
        if alone { engine.scripts.reader(worker) } else { engine.scripts.writer() };
    let state = interpreter.state(&engine.scripts);
    if !state.knows(&script.sha) {
        compile(state, script)?;
    }
    if !engine.scripts.is_kept(script) {
        engine.scripts.keep(script, false);
    }
    let (keys, argv) = (args.tail(3).head(keys), args.tail(3 + keys));
    let mut host = ScriptHost::begin(ctx, script, read_only, !alone);
    let outcome = state.run(&script.sha, keys, argv, &mut host);
    match host.end() {
        End::Restart => Err(CommandError::Park),
        End::Done => {
            let (counters, number) = (ctx.keys.counters, ctx.command.number());
            state.reply(&outcome, &mut ctx.reply, &mut |error| {
                counters.by_command[number].failed.add(1);
                if let Some(text) = error {
                    counters.count_error(&String::from_utf8_lossy(text));
                }
            });
            // What its commands have changed is logged as theirs.
            ctx.keys.effects.propagate_nothing();
            Ok(())
        }
    }
}

/// Compiles a script in an interpreter.
pub(super) fn compile(state: &mut scripting::State, script: &Script) -> Result<(), CommandError> {
    state.load(script.sha, script.source()).map_err(|message| {
        CommandError::err(format!("Error compiling script (new function): {message}"))
    })
}

/// Refuses a script whose first line does not allow this run.
fn check_flags(ctx: &Ctx<'_>, script: &Script) -> Result<(), CommandError> {
    let Some(flags) = script.shebang.flags else { return Ok(()) };
    if flags.has(Flags::NO_WRITES) {
        return Ok(());
    }
    if ctx.command.flags.has(Flag::ReadOnly) {
        return Err(CommandError::err(
            "Can not execute a script with write flag using *_ro command.",
        ));
    }
    if !flags.has(Flags::ALLOW_OOM) && super::host::is_memory_full(ctx) {
        return Err(CommandError::text(
            "OOM allow-oom flag is not set on the script, can not run it when used memory > \
             'maxmemory'",
        ));
    }
    Ok(())
}
