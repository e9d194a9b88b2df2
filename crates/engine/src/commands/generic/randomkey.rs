//! `RANDOMKEY`

use resp::Args;
use structures::Table;
use structures::entry::EntryRef;
use types::Value;

use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
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
    let (db, now_ms) = (ctx.keys.db, ctx.now_ms());
    let alive = |entry: &EntryRef<'_, Value>| entry.expire_at_ms().is_none_or(|ms| ms > now_ms);
    let total: u64 = lens.iter().sum();
    for _ in 0..TRIES {
        if total == 0 {
            return Ok(None);
        }
        let (index, random) = (shard_of(&lens, ctx.random.below(total)), ctx.random.next());
        let key = ctx.keys.with_shard(index, |shard| {
            let entry = shard.existing_table(db).and_then(|table| table.random(random));
            entry.filter(alive).map(|entry| entry.key().to_vec())
        })?;
        if key.is_some() {
            return Ok(key);
        }
    }
    for index in 0..lens.len() {
        let key = ctx.keys.with_shard(index, |shard| {
            let mut entries = shard.existing_table(db).into_iter().flat_map(Table::iter);
            entries.find(alive).map(|entry| entry.key().to_vec())
        })?;
        if key.is_some() {
            return Ok(key);
        }
    }
    Ok(None)
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
