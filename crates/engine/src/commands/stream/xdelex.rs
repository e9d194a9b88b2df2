//! `XDELEX key [KEEPREF|DELREF|ACKED] IDS numids id [id ...]`,
//! `XACKDEL key group [KEEPREF|DELREF|ACKED] IDS numids id [id ...]`

use resp::Args;
use types::Stream;
use types::stream::{Id, References};

use super::XDEL_EVENT;
use super::ids_list::read_ids;
use super::trimming::references;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SILENT;
use crate::keyspace::write::Write;

pub static XDELEX: Command = Command::new(Spec {
    name: "xdelex",
    group: Group::Stream,
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Delete)],
    since: "8.2.0",
    complexity: "O(log(N)) for each id",
    summary: "Deletes entries of a stream, with what refers to them as asked.",
    syntax: "XDELEX key [KEEPREF|DELREF|ACKED] IDS numids id [id ...]",
    run: xdelex,
    ..SPEC
});

pub static XACKDEL: Command = Command::new(Spec {
    name: "xackdel",
    group: Group::Stream,
    arity: Arity::AtLeast(6),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Delete)],
    since: "8.2.0",
    complexity: "O(log(N)) for each id",
    summary: "Says that entries are done, and deletes them, with what refers to them as asked.",
    syntax: "XACKDEL key group [KEEPREF|DELREF|ACKED] IDS numids id [id ...]",
    run: xackdel,
    ..SPEC
});

/// What became of an entry, as clients are told.
const DELETED: i64 = 1;
const MISSING: i64 = -1;
const KEPT: i64 = 2;

fn parse(args: Args<'_>, from: usize) -> Result<(References, Vec<Id>), CommandError> {
    let (mut how, mut ids) = (None, None);
    let mut words = Words::new(args, from);
    while let Some(word) = words.next() {
        if is_word(word, "ids") && ids.is_none() {
            ids = Some(read_ids(&mut words)?);
        } else if how.is_none()
            && let Some(references) = references(word)
        {
            how = Some(references);
        } else {
            return Err(CommandError::Syntax);
        }
    }
    Ok((how.unwrap_or(References::Keep), ids.ok_or(CommandError::Syntax)?))
}

fn xdelex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (how, ids) = parse(args, 2)?;
    let outcome = match ctx.keys.write::<Stream>(args.at(1))? {
        None => vec![MISSING; ids.len()],
        Some(mut stream) => {
            let is_known = |stream: &Stream, id| stream.get(id).is_some();
            ids.iter()
                .map(|id| {
                    if !is_known(stream.value(), *id) {
                        return MISSING;
                    }
                    if how == References::Acknowledged && stream.value().is_referred_to(*id) {
                        return KEPT;
                    }
                    stream.modify(XDEL_EVENT).delete_with(*id, how);
                    DELETED
                })
                .collect()
        }
    };
    ctx.reply.array(outcome.len());
    outcome.iter().for_each(|outcome| ctx.reply.integer(*outcome));
    Ok(())
}

fn xackdel(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (how, ids) = parse(args, 3)?;
    let (key, name) = (args.at(1), args.at(2));
    let (mut outcome, mut deleted) = (Vec::with_capacity(ids.len()), false);
    match ctx.keys.write::<Stream>(key)? {
        Some(mut stream) if stream.value().group(name).is_some() => {
            for id in &ids {
                outcome.push(acknowledge_and_delete(&mut stream, name, *id, how));
            }
            deleted = outcome.contains(&DELETED);
        }
        Some(_) | None => {}
    }
    if deleted {
        ctx.keys.effects.note_event(XDEL_EVENT, ctx.keys.db, key);
    }
    outcome.resize(ids.len(), MISSING);
    ctx.reply.array(outcome.len());
    outcome.iter().for_each(|outcome| ctx.reply.integer(*outcome));
    Ok(())
}

fn acknowledge_and_delete(
    stream: &mut Write<'_, Stream>,
    name: &[u8],
    id: Id,
    how: References,
) -> i64 {
    let pending = stream.value().group(name).and_then(|group| group.pending().get(id));
    if pending.is_none() {
        return MISSING;
    }
    let value = stream.modify(SILENT);
    if let Some(group) = value.group_mut(name) {
        group.acknowledge(id);
    }
    if value.delete_with(id, how) == Some(false) { KEPT } else { DELETED }
}
