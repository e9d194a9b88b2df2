//! The `HELP` of every container command, derived from its subcommands' declarations.

use resp::Args;

use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::lookup;

/// Runs `CONTAINER HELP`.
///
/// # Errors
///
/// None: dispatch has found the container.
pub fn help(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let subcommands = lookup::find(args.at(0)).map_or(&[][..], |found| found.spec.subcommands);
    let mut entries: Vec<(&str, &str)> = subcommands
        .iter()
        .filter(|sub| sub.name() != "help")
        .map(|sub| (without_container(sub.spec.syntax), sub.spec.summary))
        .collect();
    entries.sort_unstable();
    reply_help(ctx, args.at(0), &entries);
    Ok(())
}

/// Replies with a help text: what may follow the command's name, and what each form does.
pub fn reply_help(ctx: &mut Ctx<'_>, name: &[u8], entries: &[(&str, &str)]) {
    let name = String::from_utf8_lossy(name).to_uppercase();
    ctx.reply.array(entries.len() * 2 + 3);
    ctx.reply.status(&format!("{name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
    for (syntax, summary) in entries.iter().chain(&[("HELP", "Print this help.")]) {
        ctx.reply.status(syntax);
        ctx.reply.status(&format!("    {summary}"));
    }
}

/// `KILL ip:port` of `CLIENT KILL ip:port`.
fn without_container(syntax: &str) -> &str {
    syntax.split_once(' ').map_or(syntax, |(_, rest)| rest)
}
