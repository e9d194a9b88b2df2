//! `HELLO [protover [AUTH username password] [SETNAME clientname]]`

use resp::number::parse_i64;
use resp::{Args, Protocol};

use super::auth::authenticate;
use super::client::names::{checked_name, set_name};
use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::{is_word, text};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::identity;

pub static HELLO: Command = Command::new(Spec {
    name: "hello",
    group: Group::Connection,
    arity: Arity::AtLeast(1),
    flags: &[
        Flag::NoScript,
        Flag::Loading,
        Flag::Stale,
        Flag::Fast,
        Flag::NoAuth,
        Flag::Sentinel,
        Flag::AllowBusy,
    ],
    since: "6.0.0",
    summary: "Chooses the version of the protocol, and introduces both sides to each other.",
    syntax: "HELLO [protover [AUTH username password] [SETNAME clientname]]",
    run: hello,
    ..SPEC
});

/// What a client asks for.
#[derive(Default)]
struct Options<'a> {
    protocol: Option<Protocol>,
    credentials: Option<(&'a [u8], &'a [u8])>,
    name: Option<String>,
}

fn hello(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let options = parse(args)?;
    if let Some((user, password)) = options.credentials {
        authenticate(ctx, user, password)?;
    }
    if !ctx.session.authenticated {
        return Err(CommandError::text(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the \
             HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and \
             select the RESP protocol version at the same time",
        ));
    }
    if let Some(name) = options.name {
        set_name(ctx, name);
    }
    if let Some(protocol) = options.protocol {
        set_protocol(ctx, protocol);
    }
    introduce(ctx);
    Ok(())
}

fn parse(args: Args<'_>) -> Result<Options<'_>, CommandError> {
    let mut options = Options::default();
    if let Some(version) = args.get(1) {
        let version = parse_i64(version).ok_or_else(|| {
            CommandError::err("Protocol version is not an integer or out of range")
        })?;
        options.protocol = Some(match version {
            2 => Protocol::Resp2,
            3 => Protocol::Resp3,
            _ => return Err(CommandError::text("NOPROTO unsupported protocol version")),
        });
    }
    let mut at = 2;
    while let Some(option) = args.get(at) {
        match (args.get(at + 1), args.get(at + 2)) {
            (Some(user), Some(password)) if is_word(option, "auth") => {
                options.credentials = Some((user, password));
                at += 3;
            }
            (Some(name), _) if is_word(option, "setname") => {
                options.name = Some(checked_name(name)?);
                at += 2;
            }
            _ => {
                let option = text(option);
                let error = format!("Syntax error in HELLO option '{option}'");
                return Err(CommandError::err(error));
            }
        }
    }
    Ok(options)
}

/// Changes the protocol from this reply on.
pub(super) fn set_protocol(ctx: &mut Ctx<'_>, protocol: Protocol) {
    ctx.session.protocol = protocol;
    ctx.session.info.protocol.set(version_of(protocol));
    ctx.reply.set_protocol(protocol);
    ctx.session.refresh_guard();
}

fn version_of(protocol: Protocol) -> u64 {
    match protocol {
        Protocol::Resp2 => 2,
        Protocol::Resp3 => 3,
    }
}

fn introduce(ctx: &mut Ctx<'_>) {
    let (server, version) = identity::introduced_as(ctx.config);
    let zone = &ctx.config.general.availability_zone;
    let reply = &mut ctx.reply;
    reply.map(7 + usize::from(!zone.is_empty()));
    let mut text = |name: &str, value: &str| {
        reply.bulk(name.as_bytes());
        reply.bulk(value.as_bytes());
    };
    text("server", server);
    text("version", version);
    reply.bulk(b"proto");
    reply.integer(version_of(ctx.session.protocol) as i64);
    reply.bulk(b"id");
    reply.integer(ctx.session.info.id as i64);
    let mut text = |name: &str, value: &str| {
        reply.bulk(name.as_bytes());
        reply.bulk(value.as_bytes());
    };
    text("mode", identity::mode(ctx.config));
    text("role", "master");
    reply.bulk(b"modules");
    reply.array(0);
    if !zone.is_empty() {
        reply.bulk(b"availability_zone");
        reply.bulk(zone.as_bytes());
    }
}
