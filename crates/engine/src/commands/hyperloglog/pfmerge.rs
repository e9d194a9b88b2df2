//! `PFMERGE destkey [sourcekey ...]`

use resp::Args;
use structures::Put;
use types::hll::{self, Encoding, Sketch};

use super::CHANGED;
use super::sketches::{Union, sketch_of};
use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key, keys};
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::{Deadline, string_of};

pub static PFMERGE: Command = Command::new(Spec {
    name: "pfmerge",
    group: Group::Hyperloglog,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(1, Access::Merge), keys(2, -1, 1, Access::Read)],
    since: "2.8.9",
    complexity: "O(N) where N is the number of keys, each of them some microseconds",
    summary: "Adds what was added to some HyperLogLogs to another one.",
    syntax: "PFMERGE destkey [sourcekey [sourcekey ...]]",
    run: pfmerge,
    ..SPEC
});

fn pfmerge(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let union = Union::of(ctx, args.tail(1))?;
    let encoding = if union.has_dense() { Encoding::Dense } else { Encoding::Sparse };
    let target =
        ctx.keys.peek(args.at(1)).map(string_of).transpose()?.map(sketch_of).transpose()?;
    let header = target.map_or_else(hll::fresh, Sketch::header);
    let sparse_max = ctx.config.encodings.hll_sparse_max_bytes as usize;
    let merged = hll::merge(header, &union.maxima(), encoding, sparse_max);
    ctx.keys.set(args.at(1), Put::Blob(merged), Deadline::Keep, CHANGED);
    ctx.reply.ok();
    Ok(())
}
