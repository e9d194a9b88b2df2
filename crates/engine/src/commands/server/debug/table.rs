//! `DEBUG HTSTATS db [FULL]`: the tables of a database, all shards together.

use resp::Args;

use crate::commands::arguments::{database, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;

/// Replies with what the tables know of themselves; `FULL` adds the fullest and the emptiest shard.
pub(super) fn htstats(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let db = database(args.at(2), ctx.config)?;
    let full = match args.get(3) {
        None => false,
        Some(word) if is_word(word, "full") => true,
        Some(_) => return Err(CommandError::Syntax),
    };
    let shards = ctx.keys.locked.shards().len();
    let (mut expiring, mut slots, mut bytes) = (0, 0, 0);
    let mut lens = vec![0; shards];
    for (len, shard) in lens.iter_mut().zip(ctx.keys.locked.iter_mut()) {
        let Some(table) = shard.existing_table(db) else { continue };
        *len = table.len();
        expiring += table.expiring();
        slots += table.slots();
        bytes += table.allocated();
    }
    let keys: usize = lens.iter().sum();
    let filled = (keys * 100).checked_div(slots).unwrap_or(0);
    let mut text = format!(
        "[Tables of database {db}]\n shards: {shards}\n keys: {keys}\n keys with a deadline: \
         {expiring}\n slots: {slots}\n slots in use: {filled}%\n bytes beside the entries: {bytes}"
    );
    if full {
        let (least, most) = (lens.iter().min(), lens.iter().max());
        let (least, most) = (least.unwrap_or(&0), most.unwrap_or(&0));
        text.push_str(&format!("\n keys of a shard: {least} to {most}"));
    }
    ctx.reply.verbatim("txt", &text);
    Ok(())
}
