//! `DEBUG POPULATE count [prefix] [size]`: keys for tests; those that exist stay.

use resp::Args;

use crate::commands::arguments::integer;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SET as EVENT;
use crate::keyspace::handle::{Deadline, put_string};

pub(super) fn populate(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let positive = |argument| {
        let number = integer(argument).ok().and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| CommandError::err("value is out of range, must be positive"))
    };
    let count = positive(args.at(2))?;
    let prefix = args.get(3).unwrap_or(b"key");
    let size = args.get(4).map(positive).transpose()?.unwrap_or(0);
    for i in 0..count {
        let key = [prefix, format!(":{i}").as_bytes()].concat();
        if ctx.keys.peek(&key).is_some() {
            continue;
        }
        let mut value = format!("value:{i}").into_bytes();
        if size > 0 {
            value.resize(size, 0);
        }
        ctx.keys.set(&key, put_string(&value), Deadline::Clear, EVENT);
    }
    // The keys are for this server alone.
    ctx.keys.effects.propagate_nothing();
    ctx.reply.ok();
    Ok(())
}
