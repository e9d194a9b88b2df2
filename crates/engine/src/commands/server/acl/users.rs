//! `ACL WHOAMI`, `ACL USERS`, `ACL LIST`, `ACL GETUSER username`, `ACL DRYRUN username command
//! ...`,
//! `ACL GENPASS [bits]`, `ACL LOG [count|RESET]`, and what is refused: `ACL SETUSER`, `ACL
//! DELUSER`,
//! `ACL LOAD`, `ACL SAVE`

use resp::Args;
use sha2::{Digest, Sha256};

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::{integer, is_word, text};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::lookup;

pub static WHOAMI: Command = Command::new(Spec {
    name: "whoami",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    summary: "Returns the user of this connection.",
    syntax: "ACL WHOAMI",
    run: acl_whoami,
    ..SPEC
});

fn acl_whoami(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.bulk(ctx.session.user.as_bytes());
    Ok(())
}

pub static USERS: Command = Command::new(Spec {
    name: "users",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    complexity: "O(N), N being the users",
    summary: "Returns the names of all users.",
    syntax: "ACL USERS",
    run: acl_users,
    ..SPEC
});

fn acl_users(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.array(1);
    ctx.reply.bulk(b"default");
    Ok(())
}

pub static LIST: Command = Command::new(Spec {
    name: "list",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    complexity: "O(N), N being the users",
    summary: "Returns the rules of all users.",
    syntax: "ACL LIST",
    run: acl_list,
    ..SPEC
});

fn acl_list(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let password = password_digest(ctx).map_or("nopass".into(), |digest| format!("#{digest}"));
    ctx.reply.array(1);
    ctx.reply.bulk_display(format_args!("user default on {password} ~* &* +@all"));
    Ok(())
}

/// The digest of the password, if there is one.
fn password_digest(ctx: &Ctx<'_>) -> Option<String> {
    let password = &ctx.config.security.requirepass;
    let digest = Sha256::digest(password);
    let digits = digest.iter().map(|byte| format!("{byte:02x}"));
    (!password.is_empty()).then(|| digits.collect())
}

pub static GETUSER: Command = Command::new(Spec {
    name: "getuser",
    group: Group::Server,
    arity: Arity::Exactly(3),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    complexity: "O(N), N being the rules of the user",
    summary: "Returns the rules of a user.",
    syntax: "ACL GETUSER username",
    run: acl_getuser,
    ..SPEC
});

fn acl_getuser(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if args.at(2) != b"default" {
        ctx.reply.null();
        return Ok(());
    }
    let password = password_digest(ctx);
    let reply = &mut ctx.reply;
    reply.map(7);
    reply.bulk(b"flags");
    reply.set(if password.is_some() { 1 } else { 2 });
    reply.bulk(b"on");
    if password.is_none() {
        reply.bulk(b"nopass");
    }
    reply.bulk(b"passwords");
    reply.array(usize::from(password.is_some()));
    password.iter().for_each(|digest| reply.bulk(digest.as_bytes()));
    let rules =
        [("commands", "+@all"), ("keys", "~*"), ("channels", "&*"), ("databases", "alldbs")];
    for (name, rule) in rules {
        reply.bulk(name.as_bytes());
        reply.bulk(rule.as_bytes());
    }
    reply.bulk(b"selectors");
    reply.array(0);
    Ok(())
}

pub static DRYRUN: Command = Command::new(Spec {
    name: "dryrun",
    group: Group::Server,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "7.0.0",
    summary: "Tells whether a user may run a command, without running it.",
    syntax: "ACL DRYRUN username command [arg [arg ...]]",
    run: acl_dryrun,
    ..SPEC
});

fn acl_dryrun(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if args.at(2) != b"default" {
        return Err(CommandError::err(format!("User '{}' not found", text(args.at(2)))));
    }
    let inner = args.tail(3);
    let Some(command) = lookup::find(inner.at(0)) else {
        return Err(CommandError::err(format!("Command '{}' not found", text(inner.at(0)))));
    };
    let command = crate::dispatch::resolve(command, inner);
    if !command.spec.arity.accepts(inner.len()) {
        let name = lookup::full_name(command);
        let error = format!("wrong number of arguments for '{name}' command");
        return Err(CommandError::err(error));
    }
    ctx.reply.ok();
    Ok(())
}

pub static GENPASS: Command = Command::new(Spec {
    name: "genpass",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    flags: &[Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    summary: "Returns a new password, of 256 bits or as many as asked for.",
    syntax: "ACL GENPASS [bits]",
    run: acl_genpass,
    ..SPEC
});

fn acl_genpass(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let bits = args.get(2).map_or(Ok(256), integer)?;
    let Some(digits) = (1..=4096).contains(&bits).then(|| (bits as usize).div_ceil(4)) else {
        return Err(CommandError::err(
            "ACL GENPASS argument must be the number of bits for the output password, a positive \
             number up to 4096",
        ));
    };
    let mut bytes = vec![0; digits.div_ceil(2)];
    (ctx.engine.host.entropy)(&mut bytes);
    let mut password: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    password.truncate(digits);
    ctx.reply.bulk(password.as_bytes());
    Ok(())
}

pub static LOG: Command = Command::new(Spec {
    name: "log",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    complexity: "O(N), N being the entries shown",
    summary: "Returns or forgets what users were refused.",
    syntax: "ACL LOG [count|RESET]",
    run: acl_log,
    ..SPEC
});

/// Nothing is refused to the one user, so there is nothing to show.
fn acl_log(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    match args.get(2) {
        Some(word) if is_word(word, "reset") => ctx.reply.ok(),
        count => {
            count.map(integer).transpose()?;
            ctx.reply.array(0);
        }
    }
    Ok(())
}

pub static SETUSER: Command = Command::new(Spec {
    name: "setuser",
    group: Group::Server,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    complexity: "O(N), N being the rules",
    summary: "Changes the rules of a user; refused until there are rules.",
    syntax: "ACL SETUSER username [rule [rule ...]]",
    tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
    run: refuse,
    ..SPEC
});

pub static DELUSER: Command = Command::new(Spec {
    name: "deluser",
    group: Group::Server,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    summary: "Removes users; the default user cannot be removed.",
    syntax: "ACL DELUSER username [username ...]",
    tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
    run: acl_deluser,
    ..SPEC
});

fn acl_deluser(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if args.tail(2).iter().any(|name| name == b"default") {
        return Err(CommandError::err("The 'default' user cannot be removed"));
    }
    ctx.reply.integer(0);
    Ok(())
}

pub static LOAD: Command = Command::new(Spec {
    name: "load",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    complexity: "O(N), N being the users",
    summary: "Reads the users from the ACL file.",
    syntax: "ACL LOAD",
    run: no_file,
    ..SPEC
});

pub static SAVE: Command = Command::new(Spec {
    name: "save",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    complexity: "O(N), N being the users",
    summary: "Writes the users to the ACL file.",
    syntax: "ACL SAVE",
    tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
    run: no_file,
    ..SPEC
});

fn no_file(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    Err(CommandError::err(
        "This instance is not configured to use an ACL file. You may want to specify users via the \
         ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a configuration \
         file set) in order to store users in the configuration.",
    ))
}

fn refuse(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    Err(CommandError::err("ACL SETUSER is not supported by this server yet"))
}
