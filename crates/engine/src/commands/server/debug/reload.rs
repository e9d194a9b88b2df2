//! `DEBUG RELOAD [MERGE] [NOFLUSH]`: every value goes through the form that it has in a dump file
//! and back, which tests of the formats look at.
//!
//! deviates: no file is written or read, so there is no `NOSAVE`.

use persistence::payload::{self, Checks};
use persistence::rdb::Loaded;
use resp::Args;
use structures::entry::Put;

use super::is_word;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::effects::Garbage;
use crate::keyspace::handle::put_string;
use crate::snapshot::saved;

pub(super) fn reload(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let mut options = args.tail(2).iter();
    if !options.all(|word| is_word(word, "merge") || is_word(word, "noflush")) {
        return Err(CommandError::err("DEBUG RELOAD only supports the MERGE and NOFLUSH options"));
    }
    for db in 0..ctx.config.general.databases {
        reload_database(ctx, db)?;
    }
    ctx.reply.ok();
    Ok(())
}

fn reload_database(ctx: &mut Ctx<'_>, db: u32) -> Result<(), CommandError> {
    let (shards, sizes) = (ctx.keys.locked.shards(), ctx.sizes());
    let format = ctx.config.persistence.rdb_format.into();
    for shard in ctx.keys.locked.iter_mut() {
        let Some(table) = shard.existing_table(db) else { continue };
        let keys: Vec<Vec<u8>> = table.iter().map(|entry| entry.key().to_vec()).collect();
        for key in keys {
            let position = shards.position(&key);
            let Some(mut entry) = shard.table(db).get_mut(position, &key) else { continue };
            let sealed = payload::seal(saved(entry.entry()), format);
            let checks = Checks { version: true, checksum: true };
            let loaded = payload::open(&sealed, checks, &sizes).map_err(|_| {
                let key = key.escape_ascii();
                CommandError::err(format!("the value of '{key}' is not what was saved"))
            })?;
            let old = match loaded {
                Loaded::Bytes(bytes) => entry.replace(put_string(&bytes)),
                Loaded::Object(value) => entry.replace(Put::Object(Box::new(value))),
            };
            ctx.keys.effects.garbage.push(Garbage::Value(old));
        }
    }
    Ok(())
}
