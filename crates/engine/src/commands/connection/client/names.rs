//! `CLIENT ID`, `CLIENT SETNAME name`, `CLIENT GETNAME`, `CLIENT SETINFO LIB-NAME|LIB-VER value`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::{is_word, text};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static ID: Command = Command::new(Spec {
    name: "id",
    group: Group::Connection,
    arity: Arity::Exactly(2),
    flags: &[Flag::AllowBusy, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "5.0.0",
    summary: "Returns the number of this connection.",
    syntax: "CLIENT ID",
    run: client_id,
    ..SPEC
});

fn client_id(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.integer(ctx.session.info.id as i64);
    Ok(())
}

pub static SETNAME: Command = Command::new(Spec {
    name: "setname",
    group: Group::Connection,
    arity: Arity::Exactly(3),
    flags: &[Flag::AllowBusy, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "2.6.9",
    summary: "Names this connection; an empty name takes the name away.",
    syntax: "CLIENT SETNAME connection-name",
    tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
    run: client_setname,
    ..SPEC
});

fn client_setname(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let name = checked_name(args.at(2))?;
    set_name(ctx, name);
    ctx.reply.ok();
    Ok(())
}

/// A name that does not break the lines of `CLIENT LIST`.
///
/// # Errors
///
/// A text about what is wrong with it.
pub(in crate::commands::connection) fn checked_name(name: &[u8]) -> Result<String, CommandError> {
    if !fits_a_field(name) {
        let error = "Client names cannot contain spaces, newlines or special characters.";
        return Err(CommandError::err(error));
    }
    Ok(text(name))
}

/// Names the client of `ctx`.
pub(in crate::commands::connection) fn set_name(ctx: &mut Ctx<'_>, name: String) {
    ctx.session.info.labels.lock().name = name;
}

fn fits_a_field(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_graphic)
}

pub static GETNAME: Command = Command::new(Spec {
    name: "getname",
    group: Group::Connection,
    arity: Arity::Exactly(2),
    flags: &[Flag::AllowBusy, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "2.6.9",
    summary: "Returns the name of this connection.",
    syntax: "CLIENT GETNAME",
    run: client_getname,
    ..SPEC
});

fn client_getname(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let labels = ctx.session.info.labels.lock();
    match labels.name.as_str() {
        "" => ctx.reply.null(),
        name => ctx.reply.bulk(name.as_bytes()),
    }
    Ok(())
}

pub static SETINFO: Command = Command::new(Spec {
    name: "setinfo",
    group: Group::Connection,
    arity: Arity::Exactly(4),
    flags: &[Flag::AllowBusy, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "7.2.0",
    summary: "Tells which library the client uses.",
    syntax: "CLIENT SETINFO LIB-NAME libname|LIB-VER libver",
    tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
    run: client_setinfo,
    ..SPEC
});

fn client_setinfo(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (attribute, value) = (args.at(2), args.at(3));
    let mut labels = ctx.session.info.labels.lock();
    let label = match attribute {
        word if is_word(word, "lib-name") => &mut labels.library,
        word if is_word(word, "lib-ver") => &mut labels.library_version,
        word => return Err(CommandError::err(format!("Unrecognized option '{}'", text(word)))),
    };
    if !fits_a_field(value) {
        let attribute = text(attribute);
        let error = "cannot contain spaces, newlines or special characters.";
        return Err(CommandError::err(format!("{attribute} {error}")));
    }
    *label = text(value);
    drop(labels);
    ctx.reply.ok();
    Ok(())
}
