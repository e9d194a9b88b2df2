//! `MODULE ...`: there are no modules, and none can be loaded.

use resp::Args;

use super::debug::allow;
use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::help::help;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static MODULE: Command = Command::new(Spec {
    name: "module",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    since: "4.0.0",
    complexity: "by subcommand",
    summary: "Shows and manages modules.",
    syntax: "MODULE <subcommand> [arg ...]",
    subcommands: &[&HELP, &LIST, &LOAD, &LOADEX, &UNLOAD],
    ..SPEC
});

pub static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "5.0.0",
    summary: "Describes the subcommands.",
    syntax: "MODULE HELP",
    run: help,
    ..SPEC
});

pub static LIST: Command = Command::new(Spec {
    name: "list",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Admin, Flag::NoScript],
    since: "4.0.0",
    summary: "Returns the loaded modules: always none.",
    syntax: "MODULE LIST",
    tips: &["nondeterministic_output_order"],
    run: module_list,
    ..SPEC
});

fn module_list(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.array(0);
    Ok(())
}

pub static LOAD: Command = Command::new(Spec {
    name: "load",
    group: Group::Server,
    arity: Arity::AtLeast(3),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::NoScript, Flag::Protected],
    since: "4.0.0",
    summary: "Loads a module; always refused.",
    syntax: "MODULE LOAD path [arg [arg ...]]",
    run: module_load,
    ..SPEC
});

pub static LOADEX: Command = Command::new(Spec {
    name: "loadex",
    group: Group::Server,
    arity: Arity::AtLeast(3),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::NoScript, Flag::Protected],
    since: "7.0.0",
    summary: "Loads a module with settings of its own; always refused.",
    syntax: "MODULE LOADEX path [CONFIG name value [CONFIG name value ...]] [ARGS arg [arg ...]]",
    run: module_load,
    ..SPEC
});

fn module_load(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    allowed(ctx)?;
    Err(CommandError::err("Error loading the extension. Please check the server logs."))
}

pub static UNLOAD: Command = Command::new(Spec {
    name: "unload",
    group: Group::Server,
    arity: Arity::Exactly(3),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::NoScript, Flag::Protected],
    since: "4.0.0",
    summary: "Unloads a module; there is none to unload.",
    syntax: "MODULE UNLOAD name",
    run: module_unload,
    ..SPEC
});

fn module_unload(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    allowed(ctx)?;
    Err(CommandError::err("Error unloading module: no such module with that name"))
}

fn allowed(ctx: &Ctx<'_>) -> Result<(), CommandError> {
    let permission = ctx.config.security.enable_module_command;
    allow(ctx, permission, ("MODULE", "enable-module-command"))
}
