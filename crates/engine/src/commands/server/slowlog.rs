//! `SLOWLOG GET [count]`, `SLOWLOG LEN`, `SLOWLOG RESET`, and the same for all three logs:
//! `COMMANDLOG GET count type`, `COMMANDLOG LEN type`, `COMMANDLOG RESET type`

use resp::Args;
use resp::number::parse_i64;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::help::help;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::stats::command_log::LogKind;

pub static SLOWLOG: Command = Command::new(Spec {
    name: "slowlog",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    since: "2.2.12",
    complexity: "by subcommand",
    summary: "Shows the commands that took long.",
    syntax: "SLOWLOG <subcommand> [arg ...]",
    subcommands: &[&SLOWLOG_GET, &HELP, &SLOWLOG_LEN, &SLOWLOG_RESET],
    ..SPEC
});

pub static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "6.2.0",
    summary: "Describes the subcommands.",
    syntax: "SLOWLOG HELP",
    run: help,
    ..SPEC
});

pub static SLOWLOG_GET: Command = Command::new(Spec {
    name: "get",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
    since: "2.2.12",
    complexity: "O(N), N being the entries",
    summary: "Returns the newest slow commands, 10 or as many as asked for.",
    syntax: "SLOWLOG GET [count]",
    tips: &["request_policy:all_nodes", "nondeterministic_output"],
    run: slowlog_get,
    ..SPEC
});

fn slowlog_get(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if args.len() > 3 {
        return Err(misfit("get", "SLOWLOG"));
    }
    let count = args.get(2).map_or(Ok(10), count)?;
    show(ctx, LogKind::Slow, count);
    Ok(())
}

pub static SLOWLOG_LEN: Command = Command::new(Spec {
    name: "len",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
    since: "2.2.12",
    summary: "Returns the number of slow commands that are kept.",
    syntax: "SLOWLOG LEN",
    tips: &["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"],
    run: slowlog_len,
    ..SPEC
});

fn slowlog_len(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.integer(ctx.engine.command_log.len(LogKind::Slow) as i64);
    Ok(())
}

pub static SLOWLOG_RESET: Command = Command::new(Spec {
    name: "reset",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
    since: "2.2.12",
    complexity: "O(N), N being the entries",
    summary: "Forgets the slow commands.",
    syntax: "SLOWLOG RESET",
    tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
    run: slowlog_reset,
    ..SPEC
});

fn slowlog_reset(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.engine.command_log.reset(LogKind::Slow);
    ctx.reply.ok();
    Ok(())
}

pub static COMMANDLOG: Command = Command::new(Spec {
    name: "commandlog",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    since: "8.1.0",
    complexity: "by subcommand",
    summary: "Shows the commands that took long or were large.",
    syntax: "COMMANDLOG <subcommand> [arg ...]",
    subcommands: &[&COMMANDLOG_GET, &COMMANDLOG_HELP, &COMMANDLOG_LEN, &COMMANDLOG_RESET],
    ..SPEC
});

pub static COMMANDLOG_HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "8.1.0",
    summary: "Describes the subcommands.",
    syntax: "COMMANDLOG HELP",
    run: help,
    ..SPEC
});

pub static COMMANDLOG_GET: Command = Command::new(Spec {
    name: "get",
    group: Group::Server,
    arity: Arity::Exactly(4),
    flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
    since: "8.1.0",
    complexity: "O(N), N being the entries",
    summary: "Returns the newest entries of a log.",
    syntax: "COMMANDLOG GET count slow|large-request|large-reply",
    tips: &["request_policy:all_nodes", "nondeterministic_output"],
    run: commandlog_get,
    ..SPEC
});

fn commandlog_get(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let count = count(args.at(2))?;
    let kind = kind(args.at(3))?;
    show(ctx, kind, count);
    Ok(())
}

pub static COMMANDLOG_LEN: Command = Command::new(Spec {
    name: "len",
    group: Group::Server,
    arity: Arity::Exactly(3),
    flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
    since: "8.1.0",
    summary: "Returns the number of entries of a log.",
    syntax: "COMMANDLOG LEN slow|large-request|large-reply",
    tips: &["request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"],
    run: commandlog_len,
    ..SPEC
});

fn commandlog_len(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let kind = kind(args.at(2))?;
    ctx.reply.integer(ctx.engine.command_log.len(kind) as i64);
    Ok(())
}

pub static COMMANDLOG_RESET: Command = Command::new(Spec {
    name: "reset",
    group: Group::Server,
    arity: Arity::Exactly(3),
    flags: &[Flag::Admin, Flag::Loading, Flag::Stale],
    since: "8.1.0",
    complexity: "O(N), N being the entries",
    summary: "Forgets the entries of a log.",
    syntax: "COMMANDLOG RESET slow|large-request|large-reply",
    tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
    run: commandlog_reset,
    ..SPEC
});

fn commandlog_reset(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let kind = kind(args.at(2))?;
    ctx.engine.command_log.reset(kind);
    ctx.reply.ok();
    Ok(())
}

/// The text of a subcommand that is not as the table has it.
fn misfit(word: &str, name: &str) -> CommandError {
    CommandError::err(format!(
        "unknown subcommand or wrong number of arguments for '{word}'. Try {name} HELP."
    ))
}

/// How many entries; -1 stands for all.
fn count(argument: &[u8]) -> Result<usize, CommandError> {
    match parse_i64(argument) {
        Some(-1) => Ok(usize::MAX),
        Some(count @ 0..) => Ok(count as usize),
        _ => Err(CommandError::err("count should be greater than or equal to -1")),
    }
}

fn kind(argument: &[u8]) -> Result<LogKind, CommandError> {
    LogKind::named(argument).ok_or_else(|| {
        let text = "type should be one of the following: slow, large-request, large-reply";
        CommandError::err(text)
    })
}

fn show(ctx: &mut Ctx<'_>, kind: LogKind, count: usize) {
    let entries = ctx.engine.command_log.newest(kind, count);
    let reply = &mut ctx.reply;
    reply.array(entries.len());
    for entry in entries {
        reply.array(6);
        reply.integer(entry.id as i64);
        reply.integer(entry.at_s as i64);
        reply.integer(entry.value as i64);
        reply.array(entry.words.len());
        entry.words.iter().for_each(|word| reply.bulk(word));
        reply.bulk(entry.address.as_bytes());
        reply.bulk(entry.name.as_bytes());
    }
}
