//! `CLIENT TRACKING`, `CLIENT CACHING`, `CLIENT GETREDIR`, `CLIENT TRACKINGINFO`
//!
//! Client side caching is not there yet: the questions are answered as for a client that does not
//! use it, and switching it on is refused.

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::on_or_off;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static TRACKING: Command = Command::new(Spec {
    name: "tracking",
    group: Group::Connection,
    arity: Arity::AtLeast(3),
    flags: &[Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    summary: "Switches the tracking of keys that the client caches.",
    syntax: "CLIENT TRACKING ON|OFF [REDIRECT client-id] [PREFIX prefix [PREFIX prefix ...]] \
             [BCAST] [OPTIN] [OPTOUT] [NOLOOP]",
    run: client_tracking,
    ..SPEC
});

fn client_tracking(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let mut at = 3;
    while let Some(option) = args.get(at) {
        at += match option.to_ascii_lowercase().as_slice() {
            b"redirect" | b"prefix" if args.get(at + 1).is_some() => 2,
            b"bcast" | b"optin" | b"optout" | b"noloop" => 1,
            _ => return Err(CommandError::Syntax),
        };
    }
    if on_or_off(args.at(2))? {
        return Err(CommandError::err("CLIENT TRACKING is not supported by this server yet"));
    }
    ctx.reply.ok();
    Ok(())
}

pub static CACHING: Command = Command::new(Spec {
    name: "caching",
    group: Group::Connection,
    arity: Arity::Exactly(3),
    flags: &[Flag::AllowBusy, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    summary: "Says whether the keys of the next command are tracked.",
    syntax: "CLIENT CACHING YES|NO",
    run: client_caching,
    ..SPEC
});

fn client_caching(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    Err(CommandError::err(
        "CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or \
         OPTOUT mode enabled",
    ))
}

pub static GETREDIR: Command = Command::new(Spec {
    name: "getredir",
    group: Group::Connection,
    arity: Arity::Exactly(2),
    flags: &[Flag::AllowBusy, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    summary: "Returns the client that gets the invalidations, -1 without tracking.",
    syntax: "CLIENT GETREDIR",
    run: client_getredir,
    ..SPEC
});

fn client_getredir(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.integer(-1);
    Ok(())
}

pub static TRACKINGINFO: Command = Command::new(Spec {
    name: "trackinginfo",
    group: Group::Connection,
    arity: Arity::Exactly(2),
    flags: &[Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.2.0",
    summary: "Describes how this connection tracks keys.",
    syntax: "CLIENT TRACKINGINFO",
    run: client_trackinginfo,
    ..SPEC
});

fn client_trackinginfo(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.map(3);
    ctx.reply.bulk(b"flags");
    ctx.reply.set(1);
    ctx.reply.bulk(b"off");
    ctx.reply.bulk(b"redirect");
    ctx.reply.integer(-1);
    ctx.reply.bulk(b"prefixes");
    ctx.reply.array(0);
    Ok(())
}
