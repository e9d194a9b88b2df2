//! `SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]`
//!
//! A cursor is a position on the line of keys, so it stays good while tables grow, shrink and
//! split, and a server keeps nothing for it. Each shard is held only while its keys are read.

use resp::{Args, OwnedArgs};
use structures::Position;
use structures::entry::EntryRef;
use types::Value;

use super::kind::type_name;
use crate::command::{Arity, Command, Flag, Group, Locks, SPEC, Spec};
use crate::commands::arguments::{Words, cursor, integer, is_word};
use crate::commit::step;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::glob::{self, Case};
use crate::keyspace::shard::Shard;

/// Keys that one call looks at, where the client does not say.
const COUNT: i64 = 10;
const TYPES: [&str; 6] = ["string", "list", "set", "zset", "hash", "stream"];

pub static SCAN: Command = Command::new(Spec {
    name: "scan",
    group: Group::Generic,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly, Flag::TouchesArbitraryKeys],
    since: "2.8.0",
    complexity: "O(1) for a call, O(N) for a whole walk where N is the number of keys",
    tips: &["nondeterministic_output", "request_policy:special", "response_policy:special"],
    summary: "Walks over the keys of the database, a few with each call.",
    syntax: "SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]",
    locks: Locks::Stepwise,
    run: scan,
    ..SPEC
});

/// Which keys are returned, and how many are looked at.
struct Walk<'a> {
    db: u32,
    dead_up_to_ms: u64,
    pattern: Option<&'a [u8]>,
    kind: Option<&'static str>,
    /// Keys still to be looked at.
    left: u64,
    found: OwnedArgs,
    /// Keys of this shard that are to be removed.
    expired: Vec<Vec<u8>>,
}

fn scan(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let mut at = Position(cursor(args.at(1))?);
    let mut walk = parse(ctx, args)?;
    while at < Position::END && walk.left > 0 {
        let (index, next) = ctx.keys.shard_around(at);
        let stop = step(ctx, index, |ctx| {
            let stop = walk.through(ctx.keys.locked.shard_at(index), at);
            for key in walk.expired.drain(..) {
                ctx.keys.peek(&key);
            }
            stop
        })?;
        at = stop.unwrap_or(next);
    }
    let cursor = if at < Position::END { at.0 } else { 0 };
    let found = walk.found.as_args();
    ctx.reply.array(2);
    ctx.reply.bulk(itoa::Buffer::new().format(cursor).as_bytes());
    ctx.reply.array(found.len());
    found.iter().for_each(|key| ctx.reply.bulk(key));
    Ok(())
}

fn parse<'a>(ctx: &Ctx<'_>, args: Args<'a>) -> Result<Walk<'a>, CommandError> {
    let mut walk = Walk {
        db: ctx.keys.db,
        dead_up_to_ms: ctx.keys.mark.dead_up_to_ms,
        pattern: None,
        kind: None,
        left: COUNT as u64,
        found: OwnedArgs::new(),
        expired: Vec::new(),
    };
    let mut words = Words::new(args, 2);
    while let Some(word) = words.next() {
        if is_word(word, "COUNT") {
            let count = integer(words.argument()?)?;
            let count = u64::try_from(count).ok().filter(|&count| count > 0);
            walk.left = count.ok_or(CommandError::Syntax)?;
        } else if is_word(word, "MATCH") {
            walk.pattern = Some(words.argument()?).filter(|pattern| *pattern != b"*");
        } else if is_word(word, "TYPE") {
            let name = words.argument()?;
            let known = TYPES.iter().find(|known| is_word(name, known));
            let name = String::from_utf8_lossy(name);
            let unknown = || CommandError::err(format_args!("unknown type name '{name}'"));
            walk.kind = Some(known.ok_or_else(unknown)?);
        } else if is_word(word, "NOVALUES") {
            return Err(CommandError::err("NOVALUES option can only be used in HSCAN"));
        } else if is_word(word, "NOSCORES") {
            return Err(CommandError::err("NOSCORES option can only be used in ZSCAN"));
        } else {
            return Err(CommandError::Syntax);
        }
    }
    Ok(walk)
}

impl Walk<'_> {
    /// Looks at a shard's keys from a position on. Gives where it stopped, if not at the end.
    fn through(&mut self, shard: &Shard, mut at: Position) -> Option<Position> {
        let table = shard.existing_table(self.db)?;
        while self.left > 0 {
            at = table.scan(at, &mut |entry| self.look_at(entry))?;
        }
        Some(at)
    }

    fn look_at(&mut self, entry: EntryRef<'_, Value>) {
        self.left = self.left.saturating_sub(1);
        let wanted = self.kind.is_none_or(|kind| type_name(entry) == kind)
            && self.pattern.is_none_or(|p| glob::matches(p, entry.key(), Case::Sensitive));
        if !wanted {
            // Nobody sees whether it has expired.
        } else if entry.expire_at_ms().is_some_and(|ms| ms <= self.dead_up_to_ms) {
            self.expired.push(entry.key().to_vec());
        } else {
            self.found.push(entry.key());
        }
    }
}
