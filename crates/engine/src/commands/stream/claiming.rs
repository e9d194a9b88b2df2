//! What XCLAIM and XAUTOCLAIM have in common: an entry changes its owner.

use types::Stream;
use types::stream::{Id, Pending};

use super::records::{log_ack, log_claim};
use super::replies::{reply_entry, reply_id};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SILENT;

/// What a command did to what is pending.
#[derive(Default)]
pub(super) struct Claimed {
    /// What changed its owner.
    pub pending: Vec<Pending>,
    /// What is pending no longer, as its entry is gone.
    pub gone: Vec<Id>,
}

/// Brings the group up to date and logs it.
///
/// # Errors
///
/// `WrongType`.
pub(super) fn apply(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    (group, consumer): (&[u8], &[u8]),
    claimed: &Claimed,
    last_id: Id,
) -> Result<(), CommandError> {
    let now_ms = ctx.now_ms();
    if claimed.pending.is_empty() && claimed.gone.is_empty() {
        return Ok(());
    }
    let Some(mut stream) = ctx.keys.write::<Stream>(key)? else { return Ok(()) };
    if let Some(group) = stream.modify(SILENT).group_mut(group) {
        for id in &claimed.gone {
            group.acknowledge(*id);
        }
        claimed.pending.iter().for_each(|pending| group.give(*pending));
        if let Some(first) = claimed.pending.first() {
            group.consumer_mut(first.consumer).active_ms = Some(now_ms);
        }
    }
    stream.count((claimed.pending.len() + claimed.gone.len()) as u64 - 1);
    drop(stream);
    if !ctx.keys.effects.logging {
        ctx.keys.effects.propagate_nothing();
        return Ok(());
    }
    for id in &claimed.gone {
        log_ack(&mut ctx.keys, (key, group), *id);
    }
    for pending in &claimed.pending {
        log_claim(&mut ctx.keys, key, (group, consumer), (*pending, last_id));
    }
    Ok(())
}

/// Replies with what was claimed, from the stream as it is.
///
/// # Errors
///
/// `WrongType`.
pub(super) fn reply_claimed(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    claimed: &Claimed,
    just_ids: bool,
) -> Result<(), CommandError> {
    ctx.reply.array(claimed.pending.len());
    let stream = ctx.keys.write::<Stream>(key)?;
    for pending in &claimed.pending {
        let entry = stream.as_ref().and_then(|stream| stream.value().get(pending.id));
        match entry {
            Some(entry) if !just_ids => reply_entry(&mut ctx.reply, &entry),
            Some(_) | None => reply_id(&mut ctx.reply, pending.id),
        }
    }
    Ok(())
}
