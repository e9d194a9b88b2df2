//! `XGROUP CREATE key group id|$ [MKSTREAM] [ENTRIESREAD count]`,
//! `XGROUP SETID key group id|$ [ENTRIESREAD count]`, `XGROUP DESTROY key group`,
//! `XGROUP CREATECONSUMER key group consumer`, `XGROUP DELCONSUMER key group consumer`,
//! `XGROUP HELP`

use resp::Args;
use resp::number::parse_i64;
use structures::entry::Detached;
use types::stream::{self, Id};
use types::{Kind, Stream};

use super::ids::{id, id_or_end};
use super::records::log_consumer;
use super::{CREATE_CONSUMER_EVENT, unknown_subcommand};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{Words, is_word};
use crate::commands::help::help;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::effects::Garbage;
use crate::keyspace::event::{Class, Event, event};

const CREATE_EVENT: Event = event(Class::Stream, "xgroup-create");
const SETID_EVENT: Event = event(Class::Stream, "xgroup-setid");
const DESTROY_EVENT: Event = event(Class::Stream, "xgroup-destroy");
const DELETE_CONSUMER_EVENT: Event = event(Class::Stream, "xgroup-delconsumer");

pub static XGROUP: Command = Command::new(Spec {
    name: "xgroup",
    group: Group::Stream,
    arity: Arity::AtLeast(2),
    since: "5.0.0",
    complexity: "Depends on the subcommand",
    summary: "Makes, changes and removes groups of consumers.",
    syntax: "XGROUP subcommand [arguments]",
    subcommands: &[&CREATE, &CREATECONSUMER, &DELCONSUMER, &DESTROY, &HELP, &SETID],
    ..SPEC
});

const CHANGE: Spec = Spec {
    group: Group::Stream,
    flags: &[Flag::Write],
    keys: &[key(2, Access::Insert)],
    since: "5.0.0",
    ..SPEC
};

static CREATE: Command = Command::new(Spec {
    name: "create",
    arity: Arity::AtLeast(5),
    flags: &[Flag::Write, Flag::DenyOom],
    summary: "Makes a group, which is given what comes behind an id.",
    syntax: "XGROUP CREATE key group id|$ [MKSTREAM] [ENTRIESREAD count]",
    run: create,
    ..CHANGE
});

static CREATECONSUMER: Command = Command::new(Spec {
    name: "createconsumer",
    arity: Arity::Exactly(5),
    flags: &[Flag::Write, Flag::DenyOom],
    since: "6.2.0",
    summary: "Makes a consumer in a group.",
    syntax: "XGROUP CREATECONSUMER key group consumer",
    run: create_consumer,
    ..CHANGE
});

static DELCONSUMER: Command = Command::new(Spec {
    name: "delconsumer",
    arity: Arity::Exactly(5),
    keys: &[key(2, Access::Delete)],
    summary: "Removes a consumer and returns how much was pending for it.",
    syntax: "XGROUP DELCONSUMER key group consumer",
    run: delete_consumer,
    ..CHANGE
});

static DESTROY: Command = Command::new(Spec {
    name: "destroy",
    arity: Arity::Exactly(4),
    keys: &[key(2, Access::Delete)],
    complexity: "O(N) in the number of entries pending in the group",
    summary: "Removes a group.",
    syntax: "XGROUP DESTROY key group",
    run: destroy,
    ..CHANGE
});

static SETID: Command = Command::new(Spec {
    name: "setid",
    arity: Arity::AtLeast(5),
    keys: &[key(2, Access::Modify)],
    summary: "Says behind which id a group goes on.",
    syntax: "XGROUP SETID key group id|$ [ENTRIESREAD count]",
    run: set_id,
    ..CHANGE
});

static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Stream,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "5.0.0",
    summary: "Explains the subcommands.",
    syntax: "XGROUP HELP",
    run: help,
    ..SPEC
});

/// What may stand behind the id.
struct Options {
    makes_stream: bool,
    entries_read: Option<u64>,
}

fn options(args: Args<'_>, may_make_stream: bool) -> Result<Options, CommandError> {
    let mut options = Options { makes_stream: false, entries_read: None };
    let mut words = Words::new(args, 5);
    while let Some(word) = words.next() {
        if may_make_stream && is_word(word, "mkstream") {
            options.makes_stream = true;
        } else if is_word(word, "entriesread") && words.left() > 0 {
            let read = parse_i64(words.argument()?).ok_or(CommandError::NotInteger)?;
            if read < -1 {
                return Err(CommandError::err("value for ENTRIESREAD must be positive or -1"));
            }
            options.entries_read = u64::try_from(read).ok();
        } else {
            return Err(unknown_subcommand(args, "XGROUP"));
        }
    }
    Ok(options)
}

/// Options may be said again, but the words have a limit.
fn no_more_than(args: Args<'_>, len: usize) -> Result<(), CommandError> {
    if args.len() > len { Err(unknown_subcommand(args, "XGROUP")) } else { Ok(()) }
}

fn no_key() -> CommandError {
    CommandError::err(
        "The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to \
         use the MKSTREAM option to create an empty stream automatically.",
    )
}

fn no_group(group: &[u8], key: &[u8]) -> CommandError {
    CommandError::text(format!(
        "NOGROUP No such consumer group '{}' for key name '{}'",
        String::from_utf8_lossy(group),
        String::from_utf8_lossy(key)
    ))
}

fn create(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let options = options(args, true)?;
    let (key, name) = (args.at(2), args.at(3));
    let (last_id, known) = match ctx.keys.write::<Stream>(key)? {
        Some(stream) => (stream.value().last_id(), stream.value().group(name).is_some()),
        None if options.makes_stream => (Id::ZERO, false),
        None => return Err(no_key()),
    };
    no_more_than(args, 8)?;
    let start = if args.at(4) == b"$" { last_id } else { id(args.at(4), 0)? };
    if known {
        return Err(CommandError::text("BUSYGROUP Consumer Group name already exists"));
    }
    let mut stream = ctx.keys.write_or_create::<Stream>(key)?;
    let group = stream::Group::new(name, start, options.entries_read);
    stream.modify(CREATE_EVENT).add_group(group);
    drop(stream);
    ctx.reply.ok();
    Ok(())
}

fn set_id(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let options = options(args, false)?;
    let (key, name) = (args.at(2), args.at(3));
    let mut stream = ctx.keys.write::<Stream>(key)?.ok_or_else(no_key)?;
    let last_id = stream.value().last_id();
    stream.value().group(name).ok_or_else(|| no_group(name, key))?;
    no_more_than(args, 7)?;
    // compat: here an end of the line is taken for an id, and for a new group it is not.
    let start = if args.at(4) == b"$" { last_id } else { id_or_end(args.at(4), 0)? };
    if let Some(group) = stream.modify(SETID_EVENT).group_mut(name) {
        (group.last_id, group.entries_read) = (start, options.entries_read);
    }
    drop(stream);
    ctx.reply.ok();
    Ok(())
}

fn destroy(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, name) = (args.at(2), args.at(3));
    let mut stream = ctx.keys.write::<Stream>(key)?.ok_or_else(no_key)?;
    if stream.value().group(name).is_none() {
        ctx.reply.integer(0);
        return Ok(());
    }
    let removed = stream.modify(DESTROY_EVENT).remove_group(name);
    drop(stream);
    // What was pending may be much: it is freed after the locks.
    let garbage = removed.map(|group| Detached::Object(Box::new(group.into_value())));
    ctx.keys.effects.garbage.extend(garbage.map(Garbage::Value));
    ctx.reply.integer(1);
    Ok(())
}

fn create_consumer(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, group, consumer) = (args.at(2), args.at(3), args.at(4));
    let now_ms = ctx.now_ms();
    let mut stream = ctx.keys.write::<Stream>(key)?.ok_or_else(no_key)?;
    let found = stream.value().group(group).ok_or_else(|| no_group(group, key))?;
    if found.find(consumer).is_some() {
        ctx.reply.integer(0);
        return Ok(());
    }
    if let Some(group) = stream.modify(CREATE_CONSUMER_EVENT).group_mut(group) {
        group.create(consumer, now_ms);
    }
    drop(stream);
    log_consumer(&mut ctx.keys, key, (group, consumer));
    ctx.reply.integer(1);
    Ok(())
}

fn delete_consumer(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, group, consumer) = (args.at(2), args.at(3), args.at(4));
    let mut stream = ctx.keys.write::<Stream>(key)?.ok_or_else(no_key)?;
    let found = stream.value().group(group).ok_or_else(|| no_group(group, key))?;
    if found.find(consumer).is_none() {
        ctx.reply.integer(0);
        return Ok(());
    }
    let group = stream.modify(DELETE_CONSUMER_EVENT).group_mut(group);
    let pending = group.and_then(|group| group.delete(consumer)).unwrap_or(0);
    drop(stream);
    ctx.reply.integer(pending as i64);
    Ok(())
}
