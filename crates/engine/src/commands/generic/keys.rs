//! `KEYS pattern`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::glob::{self, Case};

pub static KEYS: Command = Command::new(Spec {
    name: "keys",
    group: Group::Generic,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly],
    acl: &["dangerous"],
    since: "1.0.0",
    complexity: "O(N) where N is the number of keys in the database",
    tips: &["request_policy:all_shards", "nondeterministic_output_order"],
    summary: "Returns all keys that match a pattern.",
    syntax: "KEYS pattern",
    locks: Locks::All,
    run: keys,
    ..SPEC
});

fn keys(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let pattern = args.at(1);
    let all = pattern == b"*";
    let (db, dead_up_to_ms) = (ctx.keys.db, ctx.keys.mark.dead_up_to_ms);
    let header = ctx.reply.defer_array();
    let mut found = 0;
    for shard in ctx.keys.locked.iter_mut() {
        let Some(table) = shard.existing_table(db) else { continue };
        for entry in table.iter() {
            let matches = all || glob::matches(pattern, entry.key(), Case::Sensitive);
            if matches && entry.expire_at_ms().is_none_or(|ms| ms > dead_up_to_ms) {
                ctx.reply.bulk(entry.key());
                found += 1;
            }
        }
    }
    ctx.reply.resolve(header, found);
    Ok(())
}
