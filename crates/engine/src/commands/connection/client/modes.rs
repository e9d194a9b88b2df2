//! `CLIENT REPLY ON|OFF|SKIP`, `CLIENT NO-EVICT ON|OFF`, `CLIENT NO-TOUCH ON|OFF`,
//! `CLIENT IMPORT-SOURCE ON|OFF`, `CLIENT CAPA capability ...`

use std::sync::atomic::Ordering::Relaxed;

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::{is_word, on_or_off};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::session::ReplyMode;

pub static REPLY: Command = Command::new(Spec {
    name: "reply",
    group: Group::Connection,
    arity: Arity::Exactly(3),
    flags: &[
        Flag::AllowBusy,
        Flag::NoScript,
        Flag::NoMulti,
        Flag::Loading,
        Flag::Stale,
        Flag::Sentinel,
    ],
    since: "3.2.0",
    summary: "Chooses which replies this connection wants.",
    syntax: "CLIENT REPLY ON|OFF|SKIP",
    run: client_reply,
    ..SPEC
});

/// `admit::mute` takes the replies back that this mode does not want.
fn client_reply(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    match args.at(2) {
        word if is_word(word, "on") => {
            ctx.session.reply_mode = ReplyMode::On;
            ctx.reply.ok();
        }
        word if is_word(word, "off") => ctx.session.reply_mode = ReplyMode::Off,
        word if is_word(word, "skip") => {
            if ctx.session.reply_mode != ReplyMode::Off {
                ctx.session.reply_mode = ReplyMode::SkipNext;
            }
        }
        _ => return Err(CommandError::Syntax),
    }
    ctx.session.refresh_guard();
    Ok(())
}

pub static NO_EVICT: Command = Command::new(Spec {
    name: "no-evict",
    group: Group::Connection,
    arity: Arity::Exactly(3),
    flags: &[
        Flag::AllowBusy,
        Flag::Admin,
        Flag::NoScript,
        Flag::Loading,
        Flag::Stale,
        Flag::Sentinel,
    ],
    since: "7.0.0",
    summary: "Keeps this connection open when clients use too much memory.",
    syntax: "CLIENT NO-EVICT ON|OFF",
    run: client_no_evict,
    ..SPEC
});

fn client_no_evict(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    ctx.session.info.no_evict.store(on_or_off(args.at(2))?, Relaxed);
    ctx.reply.ok();
    Ok(())
}

pub static NO_TOUCH: Command = Command::new(Spec {
    name: "no-touch",
    group: Group::Connection,
    arity: Arity::Exactly(3),
    flags: &[Flag::AllowBusy, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "7.2.0",
    summary: "Makes this connection read keys without marking them as used.",
    syntax: "CLIENT NO-TOUCH ON|OFF",
    run: client_no_touch,
    ..SPEC
});

fn client_no_touch(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let on = on_or_off(args.at(2))?;
    ctx.session.no_touch = on;
    ctx.session.info.no_touch.store(on, Relaxed);
    ctx.reply.ok();
    Ok(())
}

pub static IMPORT_SOURCE: Command = Command::new(Spec {
    name: "import-source",
    group: Group::Connection,
    arity: Arity::Exactly(3),
    flags: &[Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "8.1.0",
    summary: "Marks this connection as the source of an import.",
    syntax: "CLIENT IMPORT-SOURCE ON|OFF",
    run: client_import_source,
    ..SPEC
});

fn client_import_source(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if !ctx.config.general.import_mode && !is_word(args.at(2), "off") {
        return Err(CommandError::err("Server is not in import mode"));
    }
    ctx.session.info.import_source.store(on_or_off(args.at(2))?, Relaxed);
    ctx.reply.ok();
    Ok(())
}

pub static CAPA: Command = Command::new(Spec {
    name: "capa",
    group: Group::Connection,
    arity: Arity::AtLeast(3),
    flags: &[Flag::AllowBusy, Flag::NoScript, Flag::Loading, Flag::Stale],
    since: "8.0.0",
    summary: "Tells what the client is able to do; unknown words are ignored.",
    syntax: "CLIENT CAPA capability [capability ...]",
    run: client_capa,
    ..SPEC
});

fn client_capa(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if args.tail(2).iter().any(|word| is_word(word, "redirect")) {
        ctx.session.info.redirect.store(true, Relaxed);
    }
    ctx.reply.ok();
    Ok(())
}
