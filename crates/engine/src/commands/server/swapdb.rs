//! `SWAPDB index1 index2`

use resp::Args;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::commands::arguments::{database_number, existing_database};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static SWAPDB: Command = Command::new(Spec {
    name: "swapdb",
    group: Group::Server,
    arity: Arity::Exactly(3),
    flags: &[Flag::Write, Flag::Fast],
    acl: &["keyspace", "dangerous"],
    since: "4.0.0",
    complexity: "O(N) where N is the number of clients that watch or wait for keys of the two",
    summary: "Exchanges two databases.",
    syntax: "SWAPDB index1 index2",
    locks: Locks::All,
    run: swapdb,
    ..SPEC
});

fn swapdb(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if ctx.config.cluster.cluster_enabled {
        return Err(CommandError::err("SWAPDB is not allowed in cluster mode"));
    }
    let a = database_number(args.at(1), Some("invalid first DB index"))?;
    let b = database_number(args.at(2), Some("invalid second DB index"))?;
    let (a, b) = (existing_database(a, ctx.config)?, existing_database(b, ctx.config)?);
    if a != b {
        for index in 0..ctx.keys.shard_count() {
            ctx.keys.swap_shard(index, a, b);
        }
    }
    ctx.keys.effects.dirty += 1;
    ctx.reply.ok();
    Ok(())
}
