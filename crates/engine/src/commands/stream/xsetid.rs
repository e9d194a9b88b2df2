//! `XSETID key last-id [ENTRIESADDED entries-added] [MAXDELETEDID max-deleted-id]`

use resp::Args;
use resp::number::parse_i64;
use types::Stream;
use types::stream::{Facts, Id};

use super::XSETID_EVENT;
use super::ids::id;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static XSETID: Command = Command::new(Spec {
    name: "xsetid",
    group: Group::Stream,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    since: "5.0.0",
    summary: "Sets what a stream remembers: its last id, and what was added and deleted.",
    syntax: "XSETID key last-id [ENTRIESADDED entries-added] [MAXDELETEDID max-deleted-id]",
    run: xsetid,
    ..SPEC
});

fn xsetid(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let last_id = id(args.at(2), 0)?;
    let (added, max_deleted) = parse(args, last_id)?;
    let stream = ctx.keys.write::<Stream>(args.at(1))?;
    let mut stream = stream.ok_or(CommandError::NoSuchKey)?;
    let before = stream.value().facts();
    if last_id < before.max_deleted {
        return Err(CommandError::err(
            "The ID specified in XSETID is smaller than current max_deleted_entry_id",
        ));
    }
    if let Some(last) = stream.value().last() {
        if last_id < last.id {
            return Err(CommandError::err(
                "The ID specified in XSETID is smaller than the target stream top item",
            ));
        }
        if added.is_some_and(|added| added < stream.value().len() as u64) {
            return Err(CommandError::err(
                "The entries_added specified in XSETID is smaller than the target stream length",
            ));
        }
    }
    let max_deleted = max_deleted.filter(|id| *id != Id::ZERO).unwrap_or(before.max_deleted);
    let entries_added = added.unwrap_or(before.entries_added);
    stream.modify(XSETID_EVENT).set_facts(Facts { last_id, max_deleted, entries_added });
    ctx.reply.ok();
    Ok(())
}

fn parse(args: Args<'_>, last_id: Id) -> Result<(Option<u64>, Option<Id>), CommandError> {
    let (mut added, mut max_deleted) = (None, None);
    let mut words = Words::new(args, 3);
    while let Some(word) = words.next() {
        if words.left() > 0 && is_word(word, "entriesadded") {
            let count = parse_i64(words.argument()?).ok_or(CommandError::NotInteger)?;
            let negative = |_| CommandError::err("entries_added must be positive");
            added = Some(u64::try_from(count).map_err(negative)?);
        } else if words.left() > 0 && is_word(word, "maxdeletedid") {
            let given = id(words.argument()?, 0)?;
            if last_id < given {
                return Err(CommandError::err(
                    "The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
                ));
            }
            max_deleted = Some(given);
        } else {
            return Err(CommandError::Syntax);
        }
    }
    Ok((added, max_deleted))
}
