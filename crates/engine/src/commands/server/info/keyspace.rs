//! `# Keyspace`: how many keys there are in each database.

use super::text::Text;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub(super) fn write(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    for (db, (keys, expiring)) in count(ctx)?.iter().enumerate() {
        if *keys > 0 {
            let line = format!("keys={keys},expires={expiring},avg_ttl=0");
            text.field(&format!("db{db}"), line);
        }
    }
    Ok(())
}

/// Keys, and keys with a deadline, of each database.
pub(in crate::commands::server) fn count(
    ctx: &mut Ctx<'_>,
) -> Result<Vec<(usize, usize)>, CommandError> {
    let mut sums: Vec<(usize, usize)> = Vec::new();
    for shard in 0..ctx.keys.shard_count() {
        ctx.keys.with_shard(shard, |shard| {
            sums.resize(sums.len().max(shard.tables().len()), (0, 0));
            for (sum, table) in sums.iter_mut().zip(shard.tables()) {
                sum.0 += table.len();
                sum.1 += table.expiring();
            }
        })?;
    }
    Ok(sums)
}
