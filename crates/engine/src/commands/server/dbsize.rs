//! `DBSIZE`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static DBSIZE: Command = Command::new(Spec {
    name: "dbsize",
    group: Group::Server,
    arity: Arity::Exactly(1),
    flags: &[Flag::ReadOnly, Flag::Fast],
    acl: &["keyspace"],
    since: "1.0.0",
    complexity: "O(1)",
    tips: &["request_policy:all_shards", "response_policy:agg_sum"],
    summary: "Returns the number of keys in the database.",
    syntax: "DBSIZE",
    locks: Locks::Stepwise,
    run: dbsize,
    ..SPEC
});

fn dbsize(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    let db = ctx.keys.db;
    let mut sum = 0;
    for index in 0..ctx.keys.shard_count() {
        sum += ctx.keys.with_shard(index, |shard| {
            shard.existing_table(db).map_or(0, structures::Table::len)
        })?;
    }
    ctx.reply.integer(sum as i64);
    Ok(())
}
