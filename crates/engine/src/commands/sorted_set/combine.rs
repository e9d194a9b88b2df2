//! Unions, intersections and differences: reading the request, computing, replying or storing.

use resp::Args;
use types::number::parse_f64;
use types::sorted_set::Gathered;

use super::pairs::Shown;
use super::source::Source;
use super::{limits, store};
use crate::commands::arguments::{Words, integer, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{Class, event};

/// How sets are combined.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operation {
    Union,
    Inter,
    Diff,
}

/// What a member's score becomes that several sets have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Aggregate {
    Sum,
    Min,
    Max,
    /// The sum of the weights of the sets that have the member.
    Count,
}

/// What is asked for.
struct Request {
    operation: Operation,
    /// The sets, each with its weight.
    sources: Vec<(Source, f64)>,
    aggregate: Aggregate,
    scores: bool,
    /// The most members that are counted.
    limit: usize,
}

/// What becomes of the result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Target {
    Reply,
    Store,
    Count,
}

/// `ZUNION`, `ZINTER`, `ZDIFF`: replies with the result.
pub(super) fn reply_with(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    operation: Operation,
) -> Result<(), CommandError> {
    let request = parse(ctx, args, (1, Target::Reply), operation)?;
    let (result, shown) = (request.result(), Shown::with_scores(request.scores));
    shown.begin(&mut ctx.reply, result.len());
    let sorted = result.sorted();
    sorted.iter().for_each(|(score, member)| shown.member(&mut ctx.reply, member, *score));
    Ok(())
}

/// `ZUNIONSTORE`, `ZINTERSTORE`, `ZDIFFSTORE`: stores the result.
pub(super) fn store_result(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    operation: Operation,
) -> Result<(), CommandError> {
    let request = parse(ctx, args, (2, Target::Store), operation)?;
    let set = request.result().into_set(limits(ctx.config));
    let name = match operation {
        Operation::Union => "zunionstore",
        Operation::Inter => "zinterstore",
        Operation::Diff => "zdiffstore",
    };
    store(ctx, args.at(1), set, event(Class::SortedSet, name));
    Ok(())
}

/// `ZINTERCARD`: replies with the size of the result.
pub(super) fn count(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let request = parse(ctx, args, (1, Target::Count), Operation::Inter)?;
    ctx.reply.integer(request.intersection().len() as i64);
    Ok(())
}

/// Reads the number of keys at argument `at`, the keys, and the options.
fn parse(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    (at, target): (usize, Target),
    operation: Operation,
) -> Result<Request, CommandError> {
    let number = integer(args.at(at))?;
    let number = usize::try_from(number).ok().filter(|number| *number > 0);
    let name = ctx.command.name();
    let none =
        || CommandError::err(format_args!("at least 1 input key is needed for '{name}' command"));
    let number = number.ok_or_else(none)?;
    if number > args.len() - (at + 1) {
        return Err(CommandError::Syntax);
    }
    let mut sources = Vec::with_capacity(number);
    for key in args.head(at + 1 + number).tail(at + 1) {
        sources.push((Source::read(&mut ctx.keys, key)?, 1.0));
    }
    let mut request =
        Request { operation, sources, aggregate: Aggregate::Sum, scores: false, limit: usize::MAX };
    request.options(args, at + 1 + number, target)?;
    Ok(request)
}

impl Request {
    fn options(
        &mut self,
        args: Args<'_>,
        first: usize,
        target: Target,
    ) -> Result<(), CommandError> {
        let mut words = Words::new(args, first);
        let weighted = target != Target::Count && self.operation != Operation::Diff;
        while let Some(word) = words.next() {
            if weighted && is_word(word, "WEIGHTS") {
                if words.left() < self.sources.len() {
                    return Err(CommandError::Syntax);
                }
                for (_, weight) in &mut self.sources {
                    let text = "weight value is not a float";
                    let given = parse_f64(words.argument()?);
                    *weight = given.ok_or_else(|| CommandError::err(text))?;
                }
            } else if weighted && is_word(word, "AGGREGATE") {
                self.aggregate = aggregate(words.argument()?)?;
            } else if target == Target::Reply && is_word(word, "WITHSCORES") {
                self.scores = true;
            } else if target == Target::Count && is_word(word, "LIMIT") {
                let limit = integer(words.argument()?).ok();
                let limit = limit.and_then(|limit| usize::try_from(limit).ok());
                let limit = limit.ok_or_else(|| CommandError::err("LIMIT can't be negative"))?;
                self.limit = if limit == 0 { usize::MAX } else { limit };
            } else {
                return Err(CommandError::Syntax);
            }
        }
        Ok(())
    }

    /// The members of the result.
    fn result(&self) -> Gathered {
        match self.operation {
            Operation::Union => self.union(),
            Operation::Inter => self.intersection(),
            Operation::Diff => self.difference(),
        }
    }

    /// The sets, the smallest first: sums are rounded in this order.
    fn by_size(&self) -> Vec<&(Source, f64)> {
        let mut sources: Vec<_> = self.sources.iter().collect();
        sources.sort_by_key(|(source, _)| source.len());
        sources
    }

    fn weigh(&self, score: f64, weight: f64) -> f64 {
        or_zero(self.product(score, weight))
    }

    /// May be no number: infinity times zero.
    fn product(&self, score: f64, weight: f64) -> f64 {
        match self.aggregate {
            Aggregate::Count => weight,
            Aggregate::Sum | Aggregate::Min | Aggregate::Max => score * weight,
        }
    }

    fn add(&self, sum: f64, score: f64) -> f64 {
        match self.aggregate {
            Aggregate::Sum | Aggregate::Count => or_zero(sum + score),
            Aggregate::Min => sum.min(score),
            Aggregate::Max => sum.max(score),
        }
    }

    fn union(&self) -> Gathered {
        let mut all = Gathered::default();
        for (source, weight) in self.by_size() {
            source.for_each(|member, score| {
                let score = self.weigh(score, *weight);
                all.put(member, |sum| sum.map_or(score, |sum| self.add(sum, score)));
            });
        }
        all
    }

    fn intersection(&self) -> Gathered {
        let (sources, mut all) = (self.by_size(), Gathered::default());
        let Some(((smallest, weight), others)) = sources.split_first() else { return all };
        smallest.for_each(|member, score| {
            if all.len() == self.limit {
                return;
            }
            let first = self.weigh(score, *weight);
            let sum = others.iter().try_fold(first, |sum, (source, weight)| {
                // compat: what is no number takes the sum with it, but only in intersections.
                Some(self.add(sum, self.product(source.score(member)?, *weight)))
            });
            if let Some(sum) = sum {
                all.put(member, |_| sum);
            }
        });
        all
    }

    fn difference(&self) -> Gathered {
        let mut all = Gathered::default();
        let Some(((first, _), others)) = self.sources.split_first() else { return all };
        first.for_each(|member, score| {
            if others.iter().all(|(source, _)| source.score(member).is_none()) {
                all.put(member, |_| score);
            }
        });
        all
    }
}

fn aggregate(word: &[u8]) -> Result<Aggregate, CommandError> {
    match word {
        word if is_word(word, "SUM") => Ok(Aggregate::Sum),
        word if is_word(word, "MIN") => Ok(Aggregate::Min),
        word if is_word(word, "MAX") => Ok(Aggregate::Max),
        word if is_word(word, "COUNT") => Ok(Aggregate::Count),
        _ => Err(CommandError::Syntax),
    }
}

/// Infinity times zero, and infinities that cancel out, count as nothing.
fn or_zero(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { score }
}
