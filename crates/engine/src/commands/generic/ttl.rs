//! `TTL key`, `PTTL key`, `EXPIRETIME key`, `PEXPIRETIME key`

use resp::Args;
use structures::entry::EntryRef;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;

/// There is no key.
const NO_KEY: i64 = -2;
/// The key stays for ever.
const NO_DEADLINE: i64 = -1;

/// What the four have in common.
const DEADLINE: Spec = Spec {
    group: Group::Generic,
    arity: Arity::Exactly(2),
    flags: &[Flag::ReadOnly, Flag::Fast],
    keys: &[key(1, Access::Read)],
    complexity: "O(1)",
    ..SPEC
};

pub static TTL: Command = Command::new(Spec {
    name: "ttl",
    since: "1.0.0",
    tips: &["nondeterministic_output"],
    summary: "Returns how long a key has to live, in seconds.",
    syntax: "TTL key",
    run: |ctx, args| reply(ctx, args, |at_ms, now_ms| to_seconds(at_ms.saturating_sub(now_ms))),
    ..DEADLINE
});

pub static PTTL: Command = Command::new(Spec {
    name: "pttl",
    since: "2.6.0",
    tips: &["nondeterministic_output"],
    summary: "Returns how long a key has to live, in milliseconds.",
    syntax: "PTTL key",
    run: |ctx, args| reply(ctx, args, u64::saturating_sub),
    ..DEADLINE
});

pub static EXPIRETIME: Command = Command::new(Spec {
    name: "expiretime",
    since: "7.0.0",
    summary: "Returns the deadline of a key, in seconds since 1970.",
    syntax: "EXPIRETIME key",
    run: |ctx, args| reply(ctx, args, |at_ms, _| to_seconds(at_ms)),
    ..DEADLINE
});

pub static PEXPIRETIME: Command = Command::new(Spec {
    name: "pexpiretime",
    since: "7.0.0",
    summary: "Returns the deadline of a key, in milliseconds since 1970.",
    syntax: "PEXPIRETIME key",
    run: |ctx, args| reply(ctx, args, |at_ms, _| at_ms),
    ..DEADLINE
});

/// Replies with what `show` makes of the deadline and of the time.
fn reply(ctx: &mut Ctx<'_>, args: Args<'_>, show: fn(u64, u64) -> u64) -> Result<(), CommandError> {
    let now_ms = ctx.now_ms();
    let number = match ctx.keys.inspect(args.at(1)).map(EntryRef::expire_at_ms) {
        None => NO_KEY,
        Some(None) => NO_DEADLINE,
        Some(Some(at_ms)) => show(at_ms, now_ms) as i64,
    };
    ctx.reply.integer(number);
    Ok(())
}

/// Milliseconds as seconds, rounded.
fn to_seconds(ms: u64) -> u64 {
    ms.saturating_add(500) / 1000
}
