//! `COMMAND GETKEYS command [arg ...]`, `COMMAND GETKEYSANDFLAGS command [arg ...]`

use resp::Args;

use super::info::describe_access;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::arguments::is_word;
use crate::ctx::Ctx;
use crate::dispatch::resolve;
use crate::error::CommandError;
use crate::key_specs::for_each_key;
use crate::lookup;

pub static GETKEYS: Command = Command::new(Spec {
    name: "getkeys",
    group: Group::Server,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Loading, Flag::Stale, Flag::Sentinel],
    acl: &["connection"],
    since: "2.8.13",
    complexity: "O(N), N being the arguments",
    summary: "Returns the keys among the arguments of a command.",
    syntax: "COMMAND GETKEYS command [arg [arg ...]]",
    run: command_getkeys,
    ..SPEC
});

fn command_getkeys(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let args = args.tail(2);
    let keys = keys_of(args)?;
    ctx.reply.array(keys.len());
    keys.iter().for_each(|(at, _)| ctx.reply.bulk(args.at(*at)));
    Ok(())
}

pub static GETKEYSANDFLAGS: Command = Command::new(Spec {
    name: "getkeysandflags",
    group: Group::Server,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Loading, Flag::Stale, Flag::Sentinel],
    acl: &["connection"],
    since: "7.0.0",
    complexity: "O(N), N being the arguments",
    summary: "Returns the keys among the arguments of a command, and what it does with each.",
    syntax: "COMMAND GETKEYSANDFLAGS command [arg [arg ...]]",
    run: command_getkeysandflags,
    ..SPEC
});

fn command_getkeysandflags(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let args = args.tail(2);
    let keys = keys_of(args)?;
    ctx.reply.array(keys.len());
    for (at, access) in keys {
        ctx.reply.array(2);
        ctx.reply.bulk(args.at(at));
        describe_access(ctx, access);
    }
    Ok(())
}

fn keys_of(args: Args<'_>) -> Result<Vec<(usize, Access)>, CommandError> {
    let command = lookup::find(args.at(0)).map(|found| resolve(found, args));
    let Some(command) = command.filter(|found| found.spec.subcommands.is_empty()) else {
        return Err(CommandError::err("Invalid command specified"));
    };
    if command.spec.keys.iter().all(|spec| spec.access == Access::Channel) {
        return Err(CommandError::err("The command has no key arguments"));
    }
    if !command.spec.arity.accepts(args.len()) {
        return Err(CommandError::err("Invalid number of arguments specified for command"));
    }
    let mut keys = Vec::new();
    let fits = for_each_key(command, args, &mut |at, access| {
        keys.push((at, if access == Access::Variable { said(command, args) } else { access }));
    });
    if command.name() == "migrate" && keys.len() > 1 {
        // With KEYS, the empty word where the key would be is none.
        keys.remove(0);
    }
    let optional = command.flags.has(Flag::NoMandatoryKeys);
    if !fits || keys.is_empty() && !optional {
        return Err(CommandError::err("Invalid arguments specified for command"));
    }
    Ok(keys)
}

/// What the options of a command say that it does with its key.
fn said(command: &Command, args: Args<'_>) -> Access {
    let options = args.tail(2);
    let has = |word: &str| options.iter().any(|option| is_word(option, word));
    match command.name() {
        "set" if !has("get") => Access::Overwrite,
        "bitfield" if !has("set") && !has("incrby") => Access::Read,
        _ => Access::Update,
    }
}
