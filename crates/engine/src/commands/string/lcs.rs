//! `LCS key1 key2 [LEN] [IDX] [MINMATCHLEN length] [WITHMATCHLEN]`

use resp::Args;
use types::lcs::Lcs;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, keys};
use crate::commands::arguments::{Words, integer, is_word};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::Str;

pub static LCS: Command = Command::new(Spec {
    name: "lcs",
    group: Group::String,
    arity: Arity::AtLeast(3),
    flags: &[Flag::ReadOnly],
    keys: &[keys(1, 1, 1, Access::Read)],
    since: "7.0.0",
    complexity: "O(N*M) where N and M are the lengths of the two strings",
    summary: "Finds the longest common subsequence of the strings at two keys.",
    syntax: "LCS key1 key2 [LEN] [IDX] [MINMATCHLEN min-match-len] [WITHMATCHLEN]",
    run: lcs,
    ..SPEC
});

/// What is asked for.
#[derive(Default)]
struct Options {
    len: bool,
    index: bool,
    min_match: usize,
    with_match_len: bool,
}

fn lcs(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let a = string_at(ctx, args.at(1));
    let b = string_at(ctx, args.at(2));
    let (Some(a), Some(b)) = (a, b) else {
        return Err(CommandError::err("The specified keys must contain string values"));
    };
    let options = parse(args)?;
    crate::commit::let_go(ctx);
    let limit = ctx.config.clients.proto_max_bulk_len_bytes;
    let found = Lcs::new(&a, &b, limit).map_err(|error| CommandError::text(error.to_string()))?;
    if options.index {
        reply_matches(ctx, &found, &options);
    } else if options.len {
        ctx.reply.integer(i64::from(found.len()));
    } else {
        ctx.reply.bulk(&found.text());
    }
    Ok(())
}

/// The string of a key, empty where there is none; `None` for another type.
fn string_at(ctx: &mut Ctx<'_>, key: &[u8]) -> Option<Vec<u8>> {
    ctx.keys.string(key).ok().map(|value| value.map(Str::to_vec).unwrap_or_default())
}

fn parse(args: Args<'_>) -> Result<Options, CommandError> {
    let mut options = Options::default();
    let mut words = Words::new(args, 3);
    while let Some(word) = words.next() {
        if is_word(word, "IDX") {
            options.index = true;
        } else if is_word(word, "LEN") {
            options.len = true;
        } else if is_word(word, "WITHMATCHLEN") {
            options.with_match_len = true;
        } else if is_word(word, "MINMATCHLEN") {
            let len = integer(words.argument()?)?.max(0);
            options.min_match = usize::try_from(len).unwrap_or(usize::MAX);
        } else {
            return Err(CommandError::Syntax);
        }
    }
    if options.len && options.index {
        let text = "If you want both the length and indexes, please just use IDX.";
        return Err(CommandError::err(text));
    }
    Ok(options)
}

fn reply_matches(ctx: &mut Ctx<'_>, found: &Lcs<'_>, options: &Options) {
    let matches = found.matches(options.min_match);
    ctx.reply.map(2);
    ctx.reply.bulk(b"matches");
    ctx.reply.array(matches.len());
    for run in &matches {
        ctx.reply.array(2 + usize::from(options.with_match_len));
        for range in [&run.a, &run.b] {
            ctx.reply.array(2);
            ctx.reply.integer(*range.start() as i64);
            ctx.reply.integer(*range.end() as i64);
        }
        if options.with_match_len {
            ctx.reply.integer(run.len as i64);
        }
    }
    ctx.reply.bulk(b"len");
    ctx.reply.integer(i64::from(found.len()));
}
