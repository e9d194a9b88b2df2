//! `RANDOMKEY`

use resp::Args;
use structures::Table;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::commit::step;
use crate::ctx::Ctx;
use crate::error::CommandError;

/// Tries before every key is looked at for one that has not expired.
const TRIES: usize = 100;

pub static RANDOMKEY: Command = Command::new(Spec {
    name: "randomkey",
    group: Group::Generic,
    arity: Arity::Exactly(1),
    flags: &[Flag::ReadOnly, Flag::TouchesArbitraryKeys],
    since: "1.0.0",
    complexity: "O(1)",
    tips: &["request_policy:all_shards", "response_policy:special", "nondeterministic_output"],
    summary: "Returns any key of the database.",
    syntax: "RANDOMKEY",
    locks: Locks::Stepwise,
    run: randomkey,
    ..SPEC
});

fn randomkey(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    match pick(ctx)? {
        Some(key) => ctx.reply.bulk(&key),
        None => ctx.reply.null(),
    }
    Ok(())
}

fn pick(ctx: &mut Ctx<'_>) -> Result<Option<Vec<u8>>, CommandError> {
    let lens = lens(ctx)?;
    let total: u64 = lens.iter().sum();
    for _ in 0..TRIES {
        if total == 0 {
            return Ok(None);
        }
        let (index, random) = (shard_of(&lens, ctx.random.below(total)), ctx.random.next());
        let key = step(ctx, index, |ctx| {
            let shard = ctx.keys.locked.shard_at(index);
            let entry = shard.existing_table(ctx.keys.db).and_then(|table| table.random(random));
            let key = entry.map(|entry| entry.key().to_vec());
            key.filter(|key| ctx.keys.peek(key).is_some())
        })?;
        if key.is_some() {
            return Ok(key);
        }
    }
    for index in 0..lens.len() {
        if let Some(key) = step(ctx, index, |ctx| first_alive(ctx, index))? {
            return Ok(Some(key));
        }
    }
    // compat: where expired keys stay, one of them is better than none.
    let stay = ctx.keys.mark.keep_expired;
    for index in (0..lens.len()).filter(|_| stay) {
        if let Some(key) = step(ctx, index, |ctx| first(ctx, index))? {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// Any key of a shard.
fn first(ctx: &mut Ctx<'_>, index: usize) -> Option<Vec<u8>> {
    let table = ctx.keys.locked.shard_at(index).existing_table(ctx.keys.db)?;
    table.iter().next().map(|entry| entry.key().to_vec())
}

/// Any key of a shard that has not expired; those that have are removed on the way.
fn first_alive(ctx: &mut Ctx<'_>, index: usize) -> Option<Vec<u8>> {
    let shard = ctx.keys.locked.shard_at(index);
    let entries = shard.existing_table(ctx.keys.db).into_iter().flat_map(Table::iter);
    let keys: Vec<Vec<u8>> = entries.map(|entry| entry.key().to_vec()).collect();
    keys.into_iter().find(|key| ctx.keys.peek(key).is_some())
}

/// The number of keys in each shard.
fn lens(ctx: &mut Ctx<'_>) -> Result<Vec<u64>, CommandError> {
    let db = ctx.keys.db;
    let len = |index| {
        ctx.keys.with_shard(index, |shard| {
            shard.existing_table(db).map_or(0, |table| table.len() as u64)
        })
    };
    (0..ctx.engine.shards.len()).map(len).collect()
}

/// The shard of the key with this rank, where the keys of all shards stand in a row.
fn shard_of(lens: &[u64], mut rank: u64) -> usize {
    for (index, len) in lens.iter().enumerate() {
        if rank < *len {
            return index;
        }
        rank -= len;
    }
    0
}
