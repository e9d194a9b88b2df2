//! `SCRIPT LOAD script`, `SCRIPT EXISTS sha1 [sha1 ...]`, `SCRIPT FLUSH [ASYNC|SYNC]`,
//! `SCRIPT KILL`, `SCRIPT SHOW sha1`, `SCRIPT DEBUG YES|SYNC|NO`

use resp::Args;

use super::eval::{compile, no_script};
use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SCRIPT: Command = Command::new(Spec {
    name: "script",
    group: Group::Scripting,
    arity: Arity::AtLeast(2),
    since: "2.6.0",
    complexity: "That of the subcommand",
    summary: "Keeps, shows, forgets and stops scripts.",
    syntax: "SCRIPT subcommand",
    subcommands: &[&DEBUG, &EXISTS, &FLUSH, &HELP, &KILL, &LOAD, &SHOW],
    ..SPEC
});

const SUBCOMMAND: Spec = Spec {
    group: Group::Scripting,
    arity: Arity::Exactly(3),
    flags: &[Flag::NoScript, Flag::Stale],
    since: "2.6.0",
    ..SPEC
};

static LOAD: Command = Command::new(Spec {
    name: "load",
    complexity: "O(N) in the length of the script",
    summary: "Keeps a script without running it, and returns its SHA-1.",
    syntax: "SCRIPT LOAD script",
    run: load,
    ..SUBCOMMAND
});

static EXISTS: Command = Command::new(Spec {
    name: "exists",
    arity: Arity::AtLeast(3),
    complexity: "O(N) in the number of scripts asked for",
    summary: "Says which of the scripts the server knows.",
    syntax: "SCRIPT EXISTS sha1 [sha1 ...]",
    run: exists,
    ..SUBCOMMAND
});

static FLUSH: Command = Command::new(Spec {
    name: "flush",
    arity: Arity::AtLeast(2),
    complexity: "O(N) in the number of scripts",
    summary: "Forgets all scripts.",
    syntax: "SCRIPT FLUSH [ASYNC|SYNC]",
    run: flush,
    ..SUBCOMMAND
});

static KILL: Command = Command::new(Spec {
    name: "kill",
    arity: Arity::Exactly(2),
    flags: &[Flag::NoScript, Flag::AllowBusy],
    summary: "Stops the script that keeps the server busy, if it has not written yet.",
    syntax: "SCRIPT KILL",
    run: kill,
    ..SUBCOMMAND
});

static SHOW: Command = Command::new(Spec {
    name: "show",
    since: "8.0.0",
    summary: "Returns the text of a script.",
    syntax: "SCRIPT SHOW sha1",
    run: show,
    ..SUBCOMMAND
});

static DEBUG: Command = Command::new(Spec {
    name: "debug",
    arity: Arity::AtLeast(3),
    flags: &[Flag::NoScript],
    since: "3.2.0",
    summary: "Turns the script debugger on or off. There is none.",
    syntax: "SCRIPT DEBUG YES|SYNC|NO",
    run: debug,
    ..SUBCOMMAND
});

static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Scripting,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "5.0.0",
    summary: "Shows the subcommands.",
    syntax: "SCRIPT HELP",
    run: help,
    ..SPEC
});

fn load(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let scripts = &ctx.engine.scripts;
    let script = scripts.of_body(args.at(2))?;
    compile(scripts.reader(ctx.session.worker).state(scripts), &script)?;
    scripts.keep(&script, true);
    ctx.reply.bulk(&script.sha);
    Ok(())
}

fn exists(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let asked = args.tail(2);
    ctx.reply.array(asked.len());
    for sha in asked {
        ctx.reply.integer(i64::from(ctx.engine.scripts.find(sha).is_some()));
    }
    Ok(())
}

fn flush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if !is_flush_mode(args) {
        return Err(CommandError::err("SCRIPT FLUSH only support SYNC|ASYNC option"));
    }
    ctx.engine.scripts.flush();
    ctx.reply.ok();
    Ok(())
}

/// Whether nothing or a known word follows `FLUSH`. Both words mean the same here: each
/// interpreter is dropped by who next runs a script in it.
pub(super) fn is_flush_mode(args: Args<'_>) -> bool {
    let known =
        |word: &[u8]| word.eq_ignore_ascii_case(b"sync") || word.eq_ignore_ascii_case(b"async");
    args.len() == 2 || args.len() == 3 && known(args.at(2))
}

fn kill(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.engine.scripts.kill()?;
    ctx.reply.ok();
    Ok(())
}

fn show(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let script = ctx.engine.scripts.find(args.at(2)).ok_or_else(no_script)?;
    ctx.reply.bulk(&script.body);
    Ok(())
}

fn debug(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let word = args.at(2);
    if word.eq_ignore_ascii_case(b"no") {
        ctx.reply.ok();
        return Ok(());
    }
    if word.eq_ignore_ascii_case(b"yes") || word.eq_ignore_ascii_case(b"sync") {
        return Err(CommandError::err("This server has no script debugger"));
    }
    Err(CommandError::err("Use SCRIPT DEBUG YES/SYNC/NO"))
}

const HELP_LINES: &[&str] = &[
    "SCRIPT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
    "DEBUG (YES|SYNC|NO)",
    "    NO is accepted; there is no debugger to turn on.",
    "EXISTS <sha1> [<sha1> ...]",
    "    1 for each script that is known, 0 for each that is not.",
    "FLUSH [ASYNC|SYNC]",
    "    Forget all scripts.",
    "KILL",
    "    Stop the script that keeps the server busy, if it has written nothing.",
    "LOAD <script>",
    "    Keep a script without running it; its SHA-1 is returned.",
    "SHOW <sha1>",
    "    The text of a script.",
    "HELP",
    "    This text.",
];

fn help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.array(HELP_LINES.len());
    HELP_LINES.iter().for_each(|line| ctx.reply.status(line));
    Ok(())
}
