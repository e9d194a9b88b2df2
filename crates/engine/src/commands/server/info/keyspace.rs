//! `# Keyspace`: how many keys there are in each database.

use super::text::Text;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub(super) fn write(ctx: &mut Ctx<'_>, text: &mut Text) -> Result<(), CommandError> {
    for (db, Counts { keys, expiring, perishing }) in count(ctx)?.iter().enumerate() {
        if *keys > 0 {
            let line = format!(
                "keys={keys},expires={expiring},avg_ttl=0,keys_with_volatile_items={perishing}"
            );
            text.field(&format!("db{db}"), line);
        }
    }
    Ok(())
}

/// What a database holds.
#[derive(Clone, Copy, Default)]
pub(in crate::commands::server) struct Counts {
    /// Keys.
    pub keys: usize,
    /// Keys with a deadline.
    pub expiring: usize,
    /// Keys whose values have parts with deadlines.
    pub perishing: usize,
}

/// What each database holds.
pub(in crate::commands::server) fn count(ctx: &mut Ctx<'_>) -> Result<Vec<Counts>, CommandError> {
    let mut sums: Vec<Counts> = Vec::new();
    for shard in 0..ctx.keys.shard_count() {
        ctx.keys.with_shard(shard, |shard| {
            sums.resize(sums.len().max(shard.tables().len()), Counts::default());
            for (sum, table) in sums.iter_mut().zip(shard.tables()) {
                sum.keys += table.len();
                sum.expiring += table.expiring();
                sum.perishing += table.perishing();
            }
        })?;
    }
    Ok(sums)
}
