//! `XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT count] [KEEPREF|DELREF|ACKED]`

use resp::Args;
use types::Stream;

use super::XTRIM_EVENT;
use super::trimming::{ExactTrim, Trimming};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::Words;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static XTRIM: Command = Command::new(Spec {
    name: "xtrim",
    group: Group::Stream,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write],
    keys: &[key(1, Access::Delete)],
    since: "5.0.0",
    complexity: "O(N) in the number of entries that go",
    summary: "Deletes entries at the front of a stream and returns how many there were.",
    syntax: "XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT count] [KEEPREF|DELREF|ACKED]",
    tips: &["nondeterministic_output"],
    run: xtrim,
    ..SPEC
});

fn xtrim(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (mut words, mut trimming) = (Words::new(args, 2), Trimming::default());
    while let Some(word) = words.next() {
        if !trimming.read(word, &mut words)? {
            return Err(CommandError::Syntax);
        }
    }
    let trim = trimming.finish(ctx.config)?.ok_or_else(|| {
        CommandError::err("syntax error, XTRIM must be called with a trimming strategy")
    })?;
    let Some(mut stream) = ctx.keys.write::<Stream>(args.at(1))? else {
        ctx.reply.integer(0);
        return Ok(());
    };
    let mut removed = 0;
    if stream.value().surplus(&trim) > 0 {
        removed = stream.modify(XTRIM_EVENT).trim(&trim);
        stream.count(removed.saturating_sub(1) as u64);
    }
    let exact = ExactTrim::new(stream.value(), &trim);
    drop(stream);
    ctx.reply.integer(removed as i64);
    if removed > 0 && ctx.keys.effects.logging {
        let record: Vec<&[u8]> = [b"XTRIM", args.at(1)].into_iter().chain(exact.words()).collect();
        ctx.propagate(&record);
    }
    Ok(())
}
