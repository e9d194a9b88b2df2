//! `SORT key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC | DESC] [ALPHA]
//! [STORE destination]`, `SORT_RO` the same without `STORE`
//!
//! Patterns name keys that the arguments do not, and with them the command holds every shard.

mod options;
mod order;
mod pattern;
mod source;

use resp::Args;
use structures::Put;
use types::{Kind, List, Side};

use self::options::Options;
use self::order::sorted;
use self::pattern::Pattern;
use self::source::Source;
use crate::command::{Access, Arity, Begin, Command, Find, Flag, KeySpec, Locks, SPEC, Spec, key};
use crate::commands::list::ends::fill;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};
use crate::keyspace::handle::Deadline;

const STORED: Event = event(Class::List, "sortstore");

/// What the two commands have in common.
const SORTING: Spec = Spec {
    arity: Arity::AtLeast(2),
    acl: &["set", "sortedset", "list", "dangerous"],
    complexity: "O(N+M*log(M)) where N is the number of elements and M the number of results",
    locks: Locks::Patterns,
    ..SPEC
};

pub static SORT: Command = Command::new(Spec {
    name: "sort",
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[
        key(1, Access::Read),
        KeySpec {
            begin: Begin::LastKeyword("STORE", 2, &[]),
            find: Find::Range { last: 0, step: 1, limit: 0 },
            access: Access::Overwrite,
        },
    ],
    since: "1.0.0",
    summary: "Returns or stores the elements of a list, set or sorted set in order.",
    syntax: "SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] \
             [ASC | DESC] [ALPHA] [STORE destination]",
    run: sort,
    ..SORTING
});

pub static SORT_RO: Command = Command::new(Spec {
    name: "sort_ro",
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    since: "7.0.0",
    summary: "Returns the elements of a list, set or sorted set in order.",
    syntax: "SORT_RO key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] \
             [ASC | DESC] [ALPHA]",
    run: sort_ro,
    ..SORTING
});

fn sort(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let options = Options::parse(args, true)?;
    run(ctx, args.at(1), &options)
}

fn sort_ro(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let options = Options::parse(args, false)?;
    run(ctx, args.at(1), &options)
}

fn run(ctx: &mut Ctx<'_>, key: &[u8], options: &Options<'_>) -> Result<(), CommandError> {
    let source = Source::read(ctx, key)?;
    if !options.looks_at_keys() && options.store.is_none() {
        crate::commit::let_go(ctx);
    }
    let order = sorted(ctx, &source, options)?;
    let chosen = &order[options.range(order.len())];
    let gets = options.gets.len().max(1);
    let Some(target) = options.store else {
        ctx.reply.array(chosen.len() * gets);
        each_result(ctx, &source, (chosen, options), &mut |ctx, result| match result {
            Some(bytes) => ctx.reply.bulk(bytes),
            None => ctx.reply.null(),
        });
        return Ok(());
    };
    let (mut list, fill) = (List::default(), fill(ctx.config));
    each_result(ctx, &source, (chosen, options), &mut |_, result| {
        list.push(Side::Right, result.unwrap_or_default(), fill);
    });
    let len = chosen.len() * gets;
    if len == 0 {
        ctx.keys.delete(target);
    } else {
        let list = Put::Object(Box::new(list.into_value()));
        ctx.keys.set(target, list, Deadline::Clear, STORED);
        ctx.keys.effects.dirty += len as u64 - 1;
    }
    ctx.reply.integer(len as i64);
    Ok(())
}

/// Gives each of the chosen elements to `take`, or what `GET` says to get for it.
fn each_result(
    ctx: &mut Ctx<'_>,
    source: &Source,
    (chosen, options): (&[usize], &Options<'_>),
    take: &mut dyn FnMut(&mut Ctx<'_>, Option<&[u8]>),
) {
    let patterns: Vec<Option<Pattern<'_>>> =
        options.gets.iter().map(|get| Pattern::of(get)).collect();
    for &at in chosen {
        let element = source.element(at);
        if patterns.is_empty() {
            take(ctx, Some(element));
        }
        for pattern in &patterns {
            match pattern {
                None => take(ctx, None),
                Some(Pattern::Element) => take(ctx, Some(element)),
                Some(pattern) => {
                    let found = pattern.look_up(ctx, element);
                    take(ctx, found.as_deref());
                }
            }
        }
    }
}
