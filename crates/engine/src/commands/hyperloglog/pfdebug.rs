//! `PFDEBUG GETREG | DECODE | ENCODING | TODENSE key`, `PFDEBUG SIMD ON | OFF`
//!
//! deviates: `SIMD` changes nothing. What the processor can do is found out by itself, and there
//! is nothing to compare: both ways give the same numbers, which a test of ours checks.

use std::fmt::Write;

use resp::Args;
use types::hll::{self, Encoding, Maxima, Sketch};

use super::sketches::sketch_of;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::{is_word, text};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SILENT;
use crate::keyspace::handle::string_of;

pub static PFDEBUG: Command = Command::new(Spec {
    name: "pfdebug",
    group: Group::Hyperloglog,
    arity: Arity::Exactly(3),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Admin],
    keys: &[key(2, Access::Recode)],
    since: "2.8.9",
    complexity: "O(N) where N is the number of registers",
    summary: "Shows how a HyperLogLog is stored.",
    syntax: "PFDEBUG subcommand key",
    run: pfdebug,
    ..SPEC
});

fn pfdebug(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (word, key) = (args.at(1), args.at(2));
    if is_word(word, "SIMD") {
        return simd(ctx, key);
    }
    let value = ctx.keys.peek(key).map(string_of).transpose()?;
    let value = value.ok_or_else(|| CommandError::err("The specified key does not exist"))?;
    let sketch = sketch_of(value)?;
    if is_word(word, "ENCODING") {
        ctx.reply.status(sketch.encoding().name());
    } else if is_word(word, "DECODE") {
        let decoded = decode(sketch)?;
        ctx.reply.bulk(decoded.as_bytes());
    } else if is_word(word, "GETREG") {
        let mut registers = Maxima::default();
        sketch.merge_into(&mut registers)?;
        to_dense(ctx, key)?;
        ctx.reply.array(hll::REGISTERS);
        registers.iter().for_each(|level| ctx.reply.integer(i64::from(level)));
    } else if is_word(word, "TODENSE") {
        let was_sparse = sketch.encoding() == Encoding::Sparse;
        to_dense(ctx, key)?;
        ctx.reply.integer(i64::from(was_sparse));
    } else {
        let word = text(word);
        return Err(CommandError::err(format_args!("Unknown PFDEBUG subcommand '{word}'")));
    }
    Ok(())
}

fn simd(ctx: &mut Ctx<'_>, word: &[u8]) -> Result<(), CommandError> {
    if !is_word(word, "ON") && !is_word(word, "OFF") {
        return Err(CommandError::err("Argument must be ON or OFF"));
    }
    ctx.reply.status(if is_word(word, "ON") { "enabled" } else { "disabled" });
    Ok(())
}

fn to_dense(ctx: &mut Ctx<'_>, key: &[u8]) -> Result<(), CommandError> {
    let mut result = Ok(false);
    ctx.keys.edit_string_counted(key, SILENT, 0, |blob| {
        result = hll::to_dense(blob);
        u64::from(result == Ok(true))
    })?;
    result?;
    Ok(())
}

/// The stretches as text.
fn decode(sketch: Sketch<'_>) -> Result<String, CommandError> {
    let stretches =
        sketch.stretches().ok_or_else(|| CommandError::err("HLL encoding is not sparse"))?;
    let mut decoded = String::new();
    for stretch in stretches {
        let space = if decoded.is_empty() { "" } else { " " };
        let (len, level) = (stretch.len, stretch.level);
        let written = match (level, stretch.wide) {
            (0, true) => write!(decoded, "{space}Z:{len}"),
            (0, false) => write!(decoded, "{space}z:{len}"),
            (_, _) => write!(decoded, "{space}v:{level},{len}"),
        };
        written.expect("a string takes everything");
    }
    Ok(decoded)
}
