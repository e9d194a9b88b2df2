//! `PFADD key [element ...]`

use resp::Args;
use structures::{Blob, Put};
use types::hll::{self, HllError, Sign};

use super::CHANGED;
use super::sketches::sketch_of;
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::{Deadline, string_of};

pub static PFADD: Command = Command::new(Spec {
    name: "pfadd",
    group: Group::Hyperloglog,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write, Flag::DenyOom, Flag::Fast],
    keys: &[key(1, Access::Insert)],
    since: "2.8.9",
    complexity: "O(1) for each element",
    summary: "Adds elements to a HyperLogLog, which is made where there is none.",
    syntax: "PFADD key [element [element ...]]",
    run: pfadd,
    ..SPEC
});

fn pfadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (key, elements) = (args.at(1), args.tail(2));
    let sparse_max = ctx.config.encodings.hll_sparse_max_bytes as usize;
    let Some(old) = ctx.keys.peek(key).map(string_of).transpose()? else {
        let mut blob = hll::empty();
        let added = add_all(&mut blob, elements, sparse_max)?;
        ctx.keys.set(key, Put::Blob(blob), Deadline::Clear, CHANGED);
        ctx.keys.effects.dirty += added;
        ctx.reply.integer(1);
        return Ok(());
    };
    let sketch = sketch_of(old)?;
    if elements.len() > 1 {
        // Of several elements all are added or none.
        sketch.validate()?;
    }
    let mut result = Ok(0);
    let len = old.len() + hll::SPARE_BYTES;
    let changes = ctx.keys.edit_string_counted(key, CHANGED, len, |blob| {
        result = add_all(blob, elements, sparse_max);
        result.unwrap_or(0)
    })?;
    result?;
    ctx.reply.integer(i64::from(changes > 0));
    Ok(())
}

/// Adds elements, and returns how many were new.
fn add_all(blob: &mut Blob, elements: Args<'_>, sparse_max: usize) -> Result<u64, HllError> {
    let mut added = 0;
    for element in elements {
        added += u64::from(hll::add(blob, Sign::of(element), sparse_max)?);
    }
    Ok(added)
}
