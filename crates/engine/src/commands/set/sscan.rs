//! `SSCAN key cursor [MATCH pattern] [COUNT count]`

use resp::Args;
use types::Set;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::cursor;
use crate::commands::collection_scan::{Of, Options, reply};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SSCAN: Command = Command::new(Spec {
    name: "sscan",
    group: Group::Set,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "2.8.0",
    complexity: "O(1) for a call, O(N) for a whole walk where N is the number of members",
    tips: &["nondeterministic_output"],
    summary: "Walks over the members of a set, a few with each call.",
    syntax: "SSCAN key cursor [MATCH pattern] [COUNT count]",
    run: sscan,
    ..SPEC
});

fn sscan(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let mut at = cursor(args.at(2))?;
    let Some(set) = ctx.keys.read::<Set>(args.at(1))? else {
        reply(&mut ctx.reply, 0, &[]);
        return Ok(());
    };
    let options = Options::parse(args, Of::Set)?;
    let (mut found, mut seen) = (Vec::new(), 0);
    loop {
        at = set.scan(at, |member| {
            seen += 1;
            if options.wants(member) {
                found.push(member);
            }
        });
        if at == 0 || seen >= options.count {
            break;
        }
    }
    reply(&mut ctx.reply, at, &found);
    Ok(())
}
