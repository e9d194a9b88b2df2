//! `GETRANGE key start end`, `SUBSTR key start end`

use std::ops::Range;
use std::sync::Arc;

use resp::Args;
use structures::Blob;

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key};
use crate::commands::arguments::integer;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::handle::{LARGE_BYTES, Str};

/// What the two names have in common.
const PART: Spec = Spec {
    group: Group::String,
    arity: Arity::Exactly(4),
    flags: &[Flag::ReadOnly],
    keys: &[key(1, Access::Read)],
    complexity: "O(N) where N is the number of bytes returned",
    run: getrange,
    ..SPEC
};

pub static GETRANGE: Command = Command::new(Spec {
    name: "getrange",
    since: "2.4.0",
    summary: "Returns a part of the string at a key.",
    syntax: "GETRANGE key start end",
    ..PART
});

pub static SUBSTR: Command = Command::new(Spec {
    name: "substr",
    since: "1.0.0",
    summary: "The older name of GETRANGE.",
    syntax: "SUBSTR key start end",
    ..PART
});

/// A part of a long string, shared with a reply.
struct Part {
    blob: Blob,
    range: Range<usize>,
}

impl AsRef<[u8]> for Part {
    fn as_ref(&self) -> &[u8] {
        &self.blob[self.range.clone()]
    }
}

fn getrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let (start, end) = (integer(args.at(2))?, integer(args.at(3))?);
    match ctx.keys.string(args.at(1))? {
        None => ctx.reply.bulk(b""),
        Some(Str::Blob(blob)) => {
            let range = clamp(start, end, blob.len());
            if range.len() < LARGE_BYTES {
                ctx.reply.bulk(&blob[range]);
            } else {
                ctx.reply.shared_bulk(Arc::new(Part { blob: blob.clone(), range }));
            }
        }
        Some(short) => {
            let mut digits = itoa::Buffer::new();
            let bytes = short.bytes(&mut digits);
            ctx.reply.bulk(&bytes[clamp(start, end, bytes.len())]);
        }
    }
    Ok(())
}

/// The indices that `start` and `end` (both included, negative from the end) stand for.
fn clamp(start: i64, end: i64, len: usize) -> Range<usize> {
    let from_front = |index: i64| -> usize {
        if index >= 0 {
            usize::try_from(index).unwrap_or(usize::MAX)
        } else {
            len.saturating_sub(usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX))
        }
    };
    let backwards = start < 0 && end < 0 && start > end;
    let (start, end) = (from_front(start), from_front(end).saturating_add(1).min(len));
    if backwards || start >= end { 0..0 } else { start..end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_stay_within_the_string() {
        for (start, end, len, expected) in [
            (0, 3, 11, 0..4),
            (0, -1, 11, 0..11),
            (-4, -1, 11, 7..11),
            (5, 3, 11, 0..0),
            (-1, -5, 11, 0..0),
            (5, 5000, 11, 5..11),
            (-5000, 10_000, 11, 0..11),
            (-100, -99, 5, 0..1),
            (0, 0, 0, 0..0),
            (i64::MIN, i64::MAX, 3, 0..3),
            (1, i64::MIN, 3, 0..0),
        ] {
            assert_eq!(clamp(start, end, len), expected, "{start} {end} of {len}");
        }
    }
}
