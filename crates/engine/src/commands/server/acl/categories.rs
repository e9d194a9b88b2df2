//! `ACL CAT [category]`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::acl_categories::{CATEGORIES, is_in};
use crate::commands::arguments::text;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::lookup;

pub static CAT: Command = Command::new(Spec {
    name: "cat",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    flags: &[Flag::NoScript, Flag::Loading, Flag::Stale, Flag::Sentinel],
    since: "6.0.0",
    summary: "Returns the categories of commands, or the commands of one.",
    syntax: "ACL CAT [category]",
    run: acl_cat,
    ..SPEC
});

fn acl_cat(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let names: Vec<&str> = match (args.len(), args.get(2)) {
        (2, _) => CATEGORIES.to_vec(),
        (3, Some(category)) => of_category(&text(category).to_lowercase(), category)?,
        _ => return Err(CommandError::WrongArity("acl|cat".into())),
    };
    ctx.reply.array(names.len());
    names.iter().for_each(|name| ctx.reply.bulk(name.as_bytes()));
    Ok(())
}

fn of_category(category: &str, shown: &[u8]) -> Result<Vec<&'static str>, CommandError> {
    if !CATEGORIES.contains(&category) {
        return Err(CommandError::err(format!("Unknown category '{}'", text(shown))));
    }
    let all = lookup::numbered().iter().filter(|entry| is_in(entry.command, category));
    Ok(all.map(|entry| entry.full_name.as_str()).collect())
}
