//! `MSETEX numkeys key value [key value ...] [NX | XX] [EX seconds | PX milliseconds | EXAT time |
//! PXAT time | KEEPTTL]`

use resp::Args;

use super::mset::set_pairs;
use super::options::{Condition, Expiry, Kin, Options};
use super::set::deadline;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, counted};
use crate::commands::arguments::integer;
use crate::commands::deadline::Form;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::Deadline;

pub static MSETEX: Command = Command::new(Spec {
    name: "msetex",
    group: Group::String,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[counted(1, 2, Access::Overwrite)],
    since: "9.1.0",
    complexity: "O(N) where N is the number of keys",
    tips: &["request_policy:multi_shard", "response_policy:all_succeeded"],
    summary: "Gives strings and one deadline to several keys at once, under a condition.",
    syntax: "MSETEX numkeys key value [key value ...] [NX | XX] [EX seconds | PX milliseconds | \
             EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]",
    run: msetex,
    ..SPEC
});

fn msetex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let count = integer(args.at(1)).ok().and_then(|n| i32::try_from(n).ok()).filter(|&n| n > 0);
    let count = count.and_then(|n| usize::try_from(n).ok());
    let count = count.ok_or_else(|| CommandError::err("invalid numkeys value or out of range"))?;
    let behind = 2 + count * 2;
    if behind > args.len() {
        return Err(CommandError::Syntax);
    }
    let options = Options::parse(args, behind, Kin::MsetEx)?;
    let deadline = deadline(ctx, options.expiry)?;
    let pairs = args.head(behind).tail(2);
    let mut names = pairs.iter().step_by(2);
    let holds = match options.condition {
        Condition::Absent => names.all(|key| ctx.keys.peek(key).is_none()),
        Condition::Present => names.all(|key| ctx.keys.peek(key).is_some()),
        _ => true,
    };
    if holds {
        set_pairs(ctx, pairs, deadline);
        if let (Deadline::At(ms), Expiry::At(form, _)) = (deadline, options.expiry)
            && form != Form::AtMilliseconds
        {
            propagate(ctx, args.head(behind), ms);
        }
    }
    ctx.reply.integer(i64::from(holds));
    Ok(())
}

/// Logs the keys and values with their deadline, without condition.
fn propagate(ctx: &mut Ctx<'_>, args: Args<'_>, expire_at_ms: u64) {
    let mut digits = itoa::Buffer::new();
    let mut record: Vec<&[u8]> = args.iter().collect();
    record.extend([b"PXAT".as_slice(), digits.format(expire_at_ms).as_bytes()]);
    ctx.propagate(&record);
}
