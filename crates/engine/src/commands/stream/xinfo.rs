//! `XINFO STREAM key [FULL [COUNT count]]`, `XINFO GROUPS key`, `XINFO CONSUMERS key group`,
//! `XINFO HELP`

mod full;
mod groups;

use resp::{Args, Reply};
use types::Stream;

use super::replies::{reply_entry, reply_id};
use super::unknown_subcommand;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{integer, is_word};
use crate::commands::help::help;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static XINFO: Command = Command::new(Spec {
    name: "xinfo",
    group: Group::Stream,
    arity: Arity::AtLeast(2),
    since: "5.0.0",
    complexity: "Depends on the subcommand",
    summary: "Looks into streams, their groups and consumers.",
    syntax: "XINFO subcommand [arguments]",
    subcommands: &[&CONSUMERS, &GROUPS, &HELP, &STREAM],
    ..SPEC
});

const LOOK: Spec = Spec {
    group: Group::Stream,
    flags: &[Flag::ReadOnly],
    keys: &[key(2, Access::Read)],
    since: "5.0.0",
    ..SPEC
};

static CONSUMERS: Command = Command::new(Spec {
    name: "consumers",
    arity: Arity::Exactly(4),
    summary: "Returns the consumers of a group.",
    syntax: "XINFO CONSUMERS key group",
    tips: &["nondeterministic_output"],
    run: groups::consumers,
    ..LOOK
});

static GROUPS: Command = Command::new(Spec {
    name: "groups",
    arity: Arity::Exactly(3),
    summary: "Returns the groups of a stream.",
    syntax: "XINFO GROUPS key",
    run: groups::groups,
    ..LOOK
});

static STREAM: Command = Command::new(Spec {
    name: "stream",
    arity: Arity::AtLeast(3),
    summary: "Returns what is known of a stream.",
    syntax: "XINFO STREAM key [FULL [COUNT count]]",
    run: stream,
    ..LOOK
});

static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Stream,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "5.0.0",
    summary: "Explains the subcommands.",
    syntax: "XINFO HELP",
    run: help,
    ..SPEC
});

fn stream(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let stream = ctx.keys.read::<Stream>(args.at(2))?.ok_or(CommandError::NoSuchKey)?;
    let full = full_count(args)?;
    let reply = &mut ctx.reply;
    match full {
        None => {
            reply.map(10);
            reply_facts(reply, stream);
            reply.bulk(b"groups");
            reply.integer(stream.groups().count() as i64);
            for (name, entry) in [("first-entry", stream.first()), ("last-entry", stream.last())] {
                reply.bulk(name.as_bytes());
                match entry {
                    Some(entry) => reply_entry(reply, &entry),
                    None => reply.null(),
                }
            }
        }
        Some(count) => {
            reply.map(9);
            reply_facts(reply, stream);
            full::reply(reply, stream, count);
        }
    }
    Ok(())
}

/// The most of everything that is shown, where all is asked for.
fn full_count(args: Args<'_>) -> Result<Option<usize>, CommandError> {
    let Some(word) = args.get(3) else { return Ok(None) };
    if !is_word(word, "full") || ![4, 6].contains(&args.len()) {
        return Err(unknown_subcommand(args, "XINFO"));
    }
    let Some(word) = args.get(4) else { return Ok(Some(10)) };
    if !is_word(word, "count") {
        return Err(unknown_subcommand(args, "XINFO"));
    }
    Ok(Some(match integer(args.at(5))? {
        0 => usize::MAX,
        count => usize::try_from(count).unwrap_or(10),
    }))
}

/// The seven facts that both forms begin with.
fn reply_facts(reply: &mut Reply<'_>, stream: &Stream) {
    let facts = stream.facts();
    let blocks = stream.block_count() as i64;
    // compat: the field keeps its blocks in a radix tree, whose size clients are told.
    let numbers = [
        ("length", stream.len() as i64),
        ("radix-tree-keys", blocks),
        ("radix-tree-nodes", blocks + 1),
    ];
    for (name, number) in numbers {
        reply.bulk(name.as_bytes());
        reply.integer(number);
    }
    reply.bulk(b"last-generated-id");
    reply_id(reply, facts.last_id);
    reply.bulk(b"max-deleted-entry-id");
    reply_id(reply, facts.max_deleted);
    reply.bulk(b"entries-added");
    reply.integer(facts.entries_added as i64);
    reply.bulk(b"recorded-first-entry-id");
    reply_id(reply, stream.first_id());
}
