//! `AUTH [username] password`

use std::hint::black_box;

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::text;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static AUTH: Command = Command::new(Spec {
    name: "auth",
    group: Group::Connection,
    arity: Arity::AtLeast(2),
    flags: &[
        Flag::NoScript,
        Flag::Loading,
        Flag::Stale,
        Flag::Fast,
        Flag::NoAuth,
        Flag::Sentinel,
        Flag::AllowBusy,
    ],
    since: "1.0.0",
    complexity: "O(N), N being the passwords of the user",
    summary: "Authenticates the connection.",
    syntax: "AUTH [username] password",
    run: auth,
    ..SPEC
});

/// The only user until there are ACLs.
const DEFAULT_USER: &[u8] = b"default";

fn auth(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if args.len() > 3 {
        return Err(CommandError::Syntax);
    }
    if args.len() == 2 && ctx.config.security.requirepass.is_empty() {
        return Err(CommandError::err(
            "AUTH <password> called without any password configured for the default user. Are you \
             sure your configuration is correct?",
        ));
    }
    let user = if args.len() == 2 { DEFAULT_USER } else { args.at(1) };
    authenticate(ctx, user, args.at(args.len() - 1))?;
    ctx.reply.ok();
    Ok(())
}

/// Authenticates the client of `ctx` as this user.
///
/// # Errors
///
/// `WRONGPASS` for an unknown user and a wrong password alike.
pub(super) fn authenticate(
    ctx: &mut Ctx<'_>,
    user: &[u8],
    password: &[u8],
) -> Result<(), CommandError> {
    let expected = &ctx.config.security.requirepass;
    let right = expected.is_empty() || same_bytes(expected, password);
    if user != DEFAULT_USER || !right {
        ctx.keys.counters.auth_failures.add(1);
        return Err(CommandError::text(
            "WRONGPASS invalid username-password pair or user is disabled.",
        ));
    }
    ctx.session.authenticated = true;
    ctx.session.user = text(user).into();
    ctx.session.info.labels.lock().user = text(user);
    ctx.session.refresh_guard();
    Ok(())
}

/// Compares in a time that does not tell where the first difference is.
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    let differences = a.iter().zip(b).fold(0, |sum, (a, b)| black_box(sum | (a ^ b)));
    a.len() == b.len() && differences == 0
}
