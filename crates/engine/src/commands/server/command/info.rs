//! `COMMAND INFO [command-name ...]`

use resp::Args;

use crate::command::{Access, Arity, Begin, Command, Find, Flag, Group, KeySpec, SPEC, Spec};
use crate::commands::acl_categories::categories;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::lookup;

/// What the reply calls the flags, in its order; the others are not shown.
const FLAG_NAMES: [(Flag, &str); 19] = [
    (Flag::Write, "write"),
    (Flag::ReadOnly, "readonly"),
    (Flag::DenyOom, "denyoom"),
    (Flag::Admin, "admin"),
    (Flag::PubSub, "pubsub"),
    (Flag::NoScript, "noscript"),
    (Flag::Blocking, "blocking"),
    (Flag::Loading, "loading"),
    (Flag::Stale, "stale"),
    (Flag::SkipMonitor, "skip_monitor"),
    (Flag::SkipCommandLog, "skip_commandlog"),
    (Flag::Asking, "asking"),
    (Flag::Fast, "fast"),
    (Flag::NoAuth, "no_auth"),
    (Flag::NoMandatoryKeys, "no_mandatory_keys"),
    (Flag::NoAsyncLoading, "no_async_loading"),
    (Flag::NoMulti, "no_multi"),
    (Flag::AllowBusy, "allow_busy"),
    (Flag::Write, "movablekeys"),
];

pub static INFO: Command = Command::new(Spec {
    name: "info",
    group: Group::Server,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Loading, Flag::Stale, Flag::Sentinel],
    acl: &["connection"],
    since: "2.8.13",
    complexity: "O(N), N being the commands asked for",
    summary: "Describes some commands, or all.",
    syntax: "COMMAND INFO [command-name [command-name ...]]",
    tips: &["nondeterministic_output_order"],
    run: command_info,
    ..SPEC
});

fn command_info(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    if args.len() == 2 {
        return command(ctx, args);
    }
    ctx.reply.array(args.len() - 2);
    for name in args.tail(2) {
        match lookup::find_full(name) {
            Some(found) => describe(ctx, found),
            None => ctx.reply.null_array(),
        }
    }
    Ok(())
}

/// `COMMAND` alone.
pub(super) fn command(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    ctx.reply.array(lookup::enabled().count());
    lookup::enabled().for_each(|command| describe(ctx, command));
    Ok(())
}

fn describe(ctx: &mut Ctx<'_>, command: &'static Command) {
    let range = LegacyRange::of(command.spec.keys);
    ctx.reply.array(10);
    ctx.reply.bulk(lookup::full_name(command).as_bytes());
    ctx.reply.integer(command.spec.arity.wire());
    describe_flags(ctx, command, range.movable);
    ctx.reply.integer(range.first);
    ctx.reply.integer(range.last);
    ctx.reply.integer(range.step);
    let categories: Vec<&str> = categories(command).collect();
    ctx.reply.set(categories.len());
    categories.iter().for_each(|category| ctx.reply.status(&format!("@{category}")));
    ctx.reply.set(command.spec.tips.len());
    command.spec.tips.iter().for_each(|tip| ctx.reply.bulk(tip.as_bytes()));
    ctx.reply.set(command.spec.keys.len());
    command.spec.keys.iter().for_each(|spec| describe_keys(ctx, spec));
    ctx.reply.array(command.spec.subcommands.len());
    command.spec.subcommands.iter().for_each(|sub| describe(ctx, sub));
}

fn describe_flags(ctx: &mut Ctx<'_>, command: &Command, movable: bool) {
    let is_set = |(flag, name): &&(Flag, &str)| match *name {
        "movablekeys" => movable,
        _ => command.flags.has(*flag),
    };
    let names: Vec<&str> = FLAG_NAMES.iter().filter(is_set).map(|(_, name)| *name).collect();
    ctx.reply.set(names.len());
    names.iter().for_each(|name| ctx.reply.status(name));
}

/// What is done with a key, in the words of the key specifications.
pub(super) fn access_words(access: Access) -> &'static [&'static str] {
    match access {
        Access::Read => &["RO", "access"],
        Access::Inspect => &["RO"],
        Access::Update => &["RW", "access", "update"],
        Access::Variable => &["RW", "access", "update", "variable_flags"],
        Access::Modify => &["RW", "update"],
        Access::Insert => &["RW", "insert"],
        Access::Overwrite => &["OW", "update"],
        Access::Create => &["OW", "insert"],
        Access::Channel => &["not_key"],
        Access::Remove => &["RM", "delete"],
        Access::Delete => &["RW", "delete"],
        Access::Recode => &["RW", "access"],
        Access::Merge => &["RW", "access", "insert"],
        Access::Take => &["RW", "access", "delete"],
    }
}

/// The words of an access, as a set.
pub(super) fn describe_access(ctx: &mut Ctx<'_>, access: Access) {
    let words = access_words(access);
    ctx.reply.set(words.len());
    words.iter().for_each(|word| ctx.reply.status(word));
}

fn describe_keyword(ctx: &mut Ctx<'_>, keyword: &str, from: i64) {
    begin_part(ctx, "keyword", 2);
    ctx.reply.bulk(b"keyword");
    ctx.reply.bulk(keyword.as_bytes());
    ctx.reply.bulk(b"startfrom");
    ctx.reply.integer(from);
}

fn describe_keys(ctx: &mut Ctx<'_>, spec: &KeySpec) {
    ctx.reply.map(3);
    ctx.reply.bulk(b"flags");
    describe_access(ctx, spec.access);
    ctx.reply.bulk(b"begin_search");
    match spec.begin {
        Begin::Index(index) => {
            describe_part(ctx, "index", &[("index", i64::from(index))]);
        }
        Begin::Keyword(keyword, from) => describe_keyword(ctx, keyword, i64::from(from)),
        Begin::LastKeyword(keyword, from, _) => describe_keyword(ctx, keyword, i64::from(from)),
    }
    ctx.reply.bulk(b"find_keys");
    match spec.find {
        Find::Range { last, step, limit } => {
            let (last, step, limit) = (i64::from(last), i64::from(step), i64::from(limit));
            let fields = [("lastkey", last), ("keystep", step), ("limit", limit)];
            describe_part(ctx, "range", &fields);
        }
        Find::Counted { first, step } => {
            let (first, step) = (i64::from(first), i64::from(step));
            let fields = [("keynumidx", 0), ("firstkey", first), ("keystep", step)];
            describe_part(ctx, "keynum", &fields);
        }
    }
}

fn begin_part(ctx: &mut Ctx<'_>, kind: &str, fields: usize) {
    ctx.reply.map(2);
    ctx.reply.bulk(b"type");
    ctx.reply.bulk(kind.as_bytes());
    ctx.reply.bulk(b"spec");
    ctx.reply.map(fields);
}

fn describe_part(ctx: &mut Ctx<'_>, kind: &str, fields: &[(&str, i64)]) {
    begin_part(ctx, kind, fields.len());
    for (name, value) in fields {
        ctx.reply.bulk(name.as_bytes());
        ctx.reply.integer(*value);
    }
}

/// The one range of keys that old clients know, and whether it does not say it all.
#[derive(Default, Debug, PartialEq, Eq)]
struct LegacyRange {
    first: i64,
    last: i64,
    step: i64,
    movable: bool,
}

impl LegacyRange {
    fn of(specs: &[KeySpec]) -> LegacyRange {
        let mut range = LegacyRange::default();
        for spec in specs {
            let (Begin::Index(first), Find::Range { last, step, .. }) = (spec.begin, spec.find)
            else {
                range.movable = true;
                continue;
            };
            let (first, step) = (i64::from(first), i64::from(step));
            let last = if last < 0 { i64::from(last) } else { first + i64::from(last) };
            let follows_on = range.first == 0 || step == 1 && range.last + 1 == first;
            if !follows_on {
                range.movable = true;
                continue;
            }
            if range.first == 0 {
                (range.first, range.step) = (first, step);
            }
            range.last = last;
        }
        range
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{counted, key, keys};

    fn range(specs: &[KeySpec]) -> (i64, i64, i64, bool) {
        let range = LegacyRange::of(specs);
        (range.first, range.last, range.step, range.movable)
    }

    #[test]
    fn old_clients_see_one_range_of_keys() {
        assert_eq!(range(&[]), (0, 0, 0, false));
        assert_eq!(range(&[key(1, Access::Read)]), (1, 1, 1, false));
        assert_eq!(range(&[keys(1, -1, 2, Access::Overwrite)]), (1, -1, 2, false));
        let two = [key(1, Access::Overwrite), key(2, Access::Read)];
        assert_eq!(range(&two), (1, 2, 1, false));
    }

    #[test]
    fn what_they_cannot_see_is_movable() {
        assert_eq!(range(&[counted(1, 1, Access::Read)]), (0, 0, 0, true));
        let both = [key(1, Access::Overwrite), counted(2, 1, Access::Read)];
        assert_eq!(range(&both), (1, 1, 1, true));
    }
}
