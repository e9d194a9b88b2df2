//! `GETEX key [EX seconds | PX milliseconds | EXAT time | PXAT time | PERSIST]`

use resp::Args;

use super::options::{Expiry, Kin, Options};
use super::set::deadline;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::{EXPIRE, PERSIST};
use crate::keyspace::handle::Deadline;

pub static GETEX: Command = Command::new(Spec {
    name: "getex",
    group: Group::String,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write, Flag::Fast],
    keys: &[key(1, Access::Update)],
    since: "6.2.0",
    complexity: "O(1)",
    summary: "Returns the string at a key, and may set or clear its deadline.",
    syntax: "GETEX key [EX seconds | PX milliseconds | EXAT unix-time-seconds | \
             PXAT unix-time-milliseconds | PERSIST]",
    run: getex,
    ..SPEC
});

fn getex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let key = args.at(1);
    let options = Options::parse(args, 2, Kin::GetEx)?;
    let deadline = deadline(ctx, options.expiry)?;
    match ctx.keys.string(key)? {
        Some(value) => value.reply(&mut ctx.reply),
        None => {
            ctx.reply.null();
            return Ok(());
        }
    }
    match deadline {
        Deadline::At(ms) if ctx.keys.is_past(ms) => ctx.keys.remove_as_expired(key),
        Deadline::At(ms) => {
            ctx.keys.set_expiry(key, Some(ms), EXPIRE);
            let mut digits = itoa::Buffer::new();
            ctx.propagate(&[b"PEXPIREAT", key, digits.format(ms).as_bytes()]);
        }
        Deadline::Keep | Deadline::Clear => {
            let expires = ctx.keys.peek(key).is_some_and(|entry| entry.expire_at_ms().is_some());
            if options.expiry == Expiry::Persist && expires {
                ctx.keys.set_expiry(key, None, PERSIST);
                ctx.propagate(&[b"PERSIST", key]);
            }
        }
    }
    Ok(())
}
