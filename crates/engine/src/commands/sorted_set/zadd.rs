//! `ZADD key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]`, `ZINCRBY key increment
//! member`

use resp::Args;
use smallvec::SmallVec;
use types::SortedSet;
use types::number::parse_f64;

use super::limits;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::is_word;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

pub static ZADD: Command = Command::new(Spec {
    name: "zadd",
    group: Group::SortedSet,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Modify)],
    since: "1.2.0",
    complexity: "O(log(N)) for each member, where N is the size of the set",
    summary: "Gives members of a sorted set their scores, and returns how many are new.",
    syntax: "ZADD key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]",
    element: 3,
    run: zadd,
    ..SPEC
});

pub static ZINCRBY: Command = Command::new(Spec {
    name: "zincrby",
    group: Group::SortedSet,
    arity: Arity::Exactly(4),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Update)],
    since: "1.2.0",
    complexity: "O(log(N)) where N is the size of the set",
    summary: "Adds to the score of a member and returns the sum.",
    syntax: "ZINCRBY key increment member",
    element: 3,
    run: zincrby,
    ..SPEC
});

const ADDED: Event = event(Class::SortedSet, "zadd");
const INCREMENTED: Event = event(Class::SortedSet, "zincr");

/// What is said in front of the first score.
#[derive(Clone, Copy, Default)]
pub(in crate::commands) struct Options {
    pub nx: bool,
    pub xx: bool,
    gt: bool,
    lt: bool,
    pub ch: bool,
    incr: bool,
}

fn zadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (options, first) = parse(args);
    let pairs = args.tail(first);
    if pairs.is_empty() || !pairs.len().is_multiple_of(2) {
        return Err(CommandError::Syntax);
    }
    options.check(pairs)?;
    put_all(ctx, args.at(1), &parse_pairs(pairs)?, options)
}

fn zincrby(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let options = Options { incr: true, ..Options::default() };
    put_all(ctx, args.at(1), &parse_pairs(args.tail(2))?, options)
}

/// Scores with their members.
type Pairs<'a> = SmallVec<[(f64, &'a [u8]); 8]>;

fn parse_pairs(words: Args<'_>) -> Result<Pairs<'_>, CommandError> {
    let mut pairs = SmallVec::new();
    for index in (0..words.len()).step_by(2) {
        let score = parse_f64(words.at(index)).ok_or(CommandError::NotFloat)?;
        pairs.push((score, words.at(index + 1)));
    }
    Ok(pairs)
}

/// The options, and the index of the first score.
fn parse(args: Args<'_>) -> (Options, usize) {
    let mut options = Options::default();
    for index in 2..args.len() {
        let flag = match args.at(index) {
            word if word.first().is_none_or(|byte| !byte.is_ascii_alphabetic()) => None,
            word if is_word(word, "NX") => Some(&mut options.nx),
            word if is_word(word, "XX") => Some(&mut options.xx),
            word if is_word(word, "GT") => Some(&mut options.gt),
            word if is_word(word, "LT") => Some(&mut options.lt),
            word if is_word(word, "CH") => Some(&mut options.ch),
            word if is_word(word, "INCR") => Some(&mut options.incr),
            _ => None,
        };
        match flag {
            Some(flag) => *flag = true,
            None => return (options, index),
        }
    }
    (options, args.len())
}

impl Options {
    fn check(self, pairs: Args<'_>) -> Result<(), CommandError> {
        if self.nx && self.xx {
            let text = "XX and NX options at the same time are not compatible";
            return Err(CommandError::err(text));
        }
        if self.nx && (self.gt || self.lt) || self.gt && self.lt {
            let text = "GT, LT, and/or NX options at the same time are not compatible";
            return Err(CommandError::err(text));
        }
        if self.incr && pairs.len() > 2 {
            return Err(CommandError::err("INCR option supports a single increment-element pair"));
        }
        Ok(())
    }

    /// The score that a member gets, if it gets one.
    fn decide(self, old: Option<f64>, given: f64) -> Result<Option<f64>, CommandError> {
        let Some(old) = old else { return Ok((!self.xx).then_some(given)) };
        let new = if self.incr { old + given } else { given };
        if new.is_nan() {
            return Err(CommandError::err("resulting score is not a number (NaN)"));
        }
        let refused = self.nx || self.gt && new <= old || self.lt && new >= old;
        Ok((!refused).then_some(new))
    }
}

/// Gives members their scores, as the options want it, and replies.
pub(in crate::commands) fn put_all(
    ctx: &mut Ctx<'_>,
    key: &[u8],
    pairs: &[(f64, &[u8])],
    options: Options,
) -> Result<(), CommandError> {
    let event = if options.incr { INCREMENTED } else { ADDED };
    let limits = limits(ctx.config);
    if options.xx && ctx.keys.write::<SortedSet>(key)?.is_none() {
        if options.incr {
            ctx.reply.null();
        } else {
            ctx.reply.integer(0);
        }
        return Ok(());
    }
    let mut set = ctx.keys.write_or_create::<SortedSet>(key)?;
    let (mut added, mut updated, mut last) = (0, 0, None);
    for &(given, member) in pairs {
        let found = set.value().find(member);
        let old = found.score();
        last = options.decide(old, given)?;
        let Some(new) = last.filter(|new| old != Some(*new)) else { continue };
        set.modify(event).insert_at(found, (member, new), limits);
        if old.is_none() { added += 1 } else { updated += 1 }
    }
    set.count(u64::saturating_sub(added + updated, 1));
    match (options.incr, last) {
        (true, Some(score)) => ctx.reply.double(score),
        (true, None) => ctx.reply.null(),
        (false, _) => {
            ctx.reply.integer((if options.ch { added + updated } else { added }) as i64);
        }
    }
    Ok(())
}
