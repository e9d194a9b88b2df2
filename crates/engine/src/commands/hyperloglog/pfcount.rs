//! `PFCOUNT key [key ...]`
//!
//! The cardinality of one key is kept in its value until that changes, and logged with it, so that
//! replicas have it too.

use resp::Args;
use structures::Put;
use types::hll::{self, estimate};

use super::sketches::{Union, sketch_of};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, keys};
use crate::commit::let_go;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SILENT;
use crate::keyspace::handle::{Deadline, Str};

pub static PFCOUNT: Command = Command::new(Spec {
    name: "pfcount",
    group: Group::Hyperloglog,
    arity: Arity::AtLeast(2),
    flags: &[Flag::ReadOnly, Flag::MayReplicate],
    keys: &[keys(1, -1, 1, Access::Recode)],
    since: "2.8.9",
    complexity: "O(1) for one key, O(N) for N keys, each of them some microseconds",
    summary: "Estimates how many different elements were added to one or more HyperLogLogs.",
    syntax: "PFCOUNT key [key ...]",
    run: pfcount,
    ..SPEC
});

fn pfcount(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let count = if args.len() == 2 {
        count_one(ctx, args.at(1))?
    } else {
        let union = Union::of(ctx, args.tail(1))?;
        let_go(ctx);
        estimate(&union.maxima().histogram())
    };
    ctx.reply.integer(count as i64);
    Ok(())
}

fn count_one(ctx: &mut Ctx<'_>, key: &[u8]) -> Result<u64, CommandError> {
    let Some(value) = ctx.keys.string(key)? else { return Ok(0) };
    let sketch = sketch_of(value)?;
    if let Some(count) = sketch.cached() {
        return Ok(count);
    }
    let count = sketch.count()?;
    if let Str::Blob(blob) = value {
        let len = blob.len();
        ctx.keys.edit_string(key, SILENT, len, |blob| {
            hll::set_cached(blob.make_mut(), count);
        })?;
    } else {
        let mut bytes = value.to_vec();
        hll::set_cached(&mut bytes, count);
        ctx.keys.set(key, Put::Bytes(&bytes), Deadline::Keep, SILENT);
    }
    Ok(count)
}
