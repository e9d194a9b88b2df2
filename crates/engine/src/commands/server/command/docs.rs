//! `COMMAND DOCS [command-name ...]`

use resp::Args;

use super::syntax::{self, Argument, Shape};
use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::lookup;

pub static DOCS: Command = Command::new(Spec {
    name: "docs",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Loading, Flag::Stale, Flag::Sentinel],
    acl: &["connection"],
    since: "7.0.0",
    complexity: "O(N), N being the commands asked for",
    summary: "Documents some commands, or all.",
    syntax: "COMMAND DOCS [command-name [command-name ...]]",
    tips: &["nondeterministic_output_order"],
    run: command_docs,
    ..SPEC
});

fn command_docs(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let commands: Vec<&'static Command> = match args.len() {
        2 => lookup::enabled().collect(),
        _ => args.tail(2).iter().filter_map(lookup::find_full).collect(),
    };
    document_all(ctx, &commands);
    Ok(())
}

fn document_all(ctx: &mut Ctx<'_>, commands: &[&'static Command]) {
    ctx.reply.map(commands.len());
    for command in commands {
        ctx.reply.bulk(lookup::full_name(command).as_bytes());
        document(ctx, command);
    }
}

fn document(ctx: &mut Ctx<'_>, command: &'static Command) {
    let spec = &command.spec;
    let words = lookup::full_name(command).split('|').count();
    let arguments = match spec.subcommands.is_empty() {
        true => syntax::parse(spec.syntax, words),
        false => Vec::new(),
    };
    let extras = usize::from(!arguments.is_empty()) + usize::from(!spec.subcommands.is_empty());
    ctx.reply.map(4 + extras);
    for (name, value) in [
        ("summary", spec.summary),
        ("since", spec.since),
        ("group", spec.group.name()),
        ("complexity", spec.complexity),
    ] {
        ctx.reply.bulk(name.as_bytes());
        ctx.reply.bulk(value.as_bytes());
    }
    if !arguments.is_empty() {
        ctx.reply.bulk(b"arguments");
        document_arguments(ctx, &arguments);
    }
    if !spec.subcommands.is_empty() {
        ctx.reply.bulk(b"subcommands");
        document_all(ctx, spec.subcommands);
    }
}

fn document_arguments(ctx: &mut Ctx<'_>, arguments: &[Argument]) {
    ctx.reply.array(arguments.len());
    arguments.iter().for_each(|argument| document_argument(ctx, argument));
}

fn document_argument(ctx: &mut Ctx<'_>, argument: &Argument) {
    let nested = argument.shape != Shape::Value;
    let flags: Vec<&str> = [(argument.optional, "optional"), (argument.multiple, "multiple")]
        .into_iter()
        .filter_map(|(set, name)| set.then_some(name))
        .collect();
    let token = usize::from(argument.token.is_some());
    ctx.reply.map(3 + token + usize::from(!flags.is_empty()));
    let mut text = |name: &str, value: &str| {
        ctx.reply.bulk(name.as_bytes());
        ctx.reply.bulk(value.as_bytes());
    };
    text("name", &argument.name);
    text("type", argument.kind());
    if !nested {
        text("display_text", &argument.name);
    }
    if let Some(token) = &argument.token {
        text("token", token);
    }
    if !flags.is_empty() {
        ctx.reply.bulk(b"flags");
        ctx.reply.set(flags.len());
        flags.iter().for_each(|flag| ctx.reply.status(flag));
    }
    if nested {
        ctx.reply.bulk(b"arguments");
        document_arguments(ctx, &argument.parts);
    }
}
