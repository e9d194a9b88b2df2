//! `HSCAN key cursor [MATCH pattern] [COUNT count] [NOVALUES]`

use resp::Args;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::cursor;
use crate::commands::collection_scan::{Of, Options, reply};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static HSCAN: Command = Command::new(Spec {
    name: "hscan",
    group: Group::Hash,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "2.8.0",
    complexity: "O(1) for a call, O(N) for a whole walk where N is the number of fields",
    tips: &["nondeterministic_output"],
    summary: "Walks over the fields of a hash, a few with each call.",
    syntax: "HSCAN key cursor [MATCH pattern] [COUNT count] [NOVALUES]",
    run: hscan,
    ..SPEC
});

fn hscan(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let mut at = cursor(args.at(2))?;
    let Some(hash) = ctx.keys.hash(args.at(1))? else {
        reply(&mut ctx.reply, 0, &[]);
        return Ok(());
    };
    let options = Options::parse(args, Of::Hash)?;
    let (mut found, mut seen) = (Vec::new(), 0);
    loop {
        at = hash.scan(at, |field, value| {
            seen += 1;
            if options.wants(field) {
                found.push(field);
                if !options.only_names {
                    found.push(value);
                }
            }
        });
        if at == 0 || seen >= options.count {
            break;
        }
    }
    reply(&mut ctx.reply, at, &found);
    Ok(())
}
