//! `COMMAND COUNT`, `COMMAND LIST [FILTERBY MODULE name|ACLCAT category|PATTERN pattern]`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::acl_categories::is_in;
use crate::commands::arguments::is_word;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::glob::{self, Case};
use crate::lookup::{self, Numbered};

pub static COUNT: Command = Command::new(Spec {
    name: "count",
    group: Group::Server,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale, Flag::Sentinel],
    acl: &["connection"],
    since: "2.8.13",
    summary: "Returns the number of commands.",
    syntax: "COMMAND COUNT",
    run: command_count,
    ..SPEC
});

fn command_count(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.integer(lookup::enabled().count() as i64);
    Ok(())
}

pub static LIST: Command = Command::new(Spec {
    name: "list",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Loading, Flag::Stale, Flag::Sentinel],
    acl: &["connection"],
    since: "7.0.0",
    complexity: "O(N), N being the commands",
    summary: "Returns the names of all commands, or of those that pass a filter.",
    syntax: "COMMAND LIST [FILTERBY MODULE module-name|ACLCAT category|PATTERN pattern]",
    tips: &["nondeterministic_output_order"],
    run: command_list,
    ..SPEC
});

/// compat: without a filter subcommands are listed, too.
fn command_list(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let filter = match (args.len(), args.get(2)) {
        (2, _) => None,
        (5, Some(word)) if is_word(word, "filterby") => Some((args.at(3), args.at(4))),
        _ => return Err(CommandError::Syntax),
    };
    let passes: &dyn Fn(&Numbered) -> bool = match filter {
        None => &|_| true,
        Some((kind, _)) if is_word(kind, "module") => &|_| false,
        Some((kind, category)) if is_word(kind, "aclcat") => &move |entry| {
            let category = category.to_ascii_lowercase();
            str::from_utf8(&category).is_ok_and(|category| is_in(entry.command, category))
        },
        Some((kind, pattern)) if is_word(kind, "pattern") => {
            &move |entry| glob::matches(pattern, entry.full_name.as_bytes(), Case::Insensitive)
        }
        Some(_) => return Err(CommandError::Syntax),
    };
    let found: Vec<&Numbered> =
        lookup::numbered().iter().filter(|entry| !entry.is_disabled() && passes(entry)).collect();
    ctx.reply.array(found.len());
    found.iter().for_each(|entry| ctx.reply.bulk(entry.full_name.as_bytes()));
    Ok(())
}
