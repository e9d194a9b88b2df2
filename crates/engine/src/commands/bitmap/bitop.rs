//! `BITOP AND | OR | XOR | NOT | DIFF | DIFF1 | ANDOR | ONE destkey key [key ...]`
//!
//! What is read and what is written is one step, so the shards of all keys are held throughout.
//! That costs about 0.1 ns a byte of the sources and 0.4 ns a byte of a long result, most of it
//! for memory that is new.

use resp::Args;
use smallvec::SmallVec;
use structures::{Blob, Put};
use types::bits::combine::PIECE;
use types::bits::{Operation, combine};

use crate::command::{Access, Arity, Command, Flag, Group, SPEC, Spec, key, keys};
use crate::commands::arguments::is_word;
use crate::ctx::Ctx;
use crate::error::CommandError;
use crate::keyspace::event::SET;
use crate::keyspace::handle::{Deadline, Str};

pub static BITOP: Command = Command::new(Spec {
    name: "bitop",
    group: Group::Bitmap,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Write, Flag::DenyOom],
    keys: &[key(2, Access::Overwrite), keys(3, -1, 1, Access::Read)],
    since: "2.6.0",
    complexity: "O(N) where N is the number of bytes of all strings",
    summary: "Combines strings bit by bit and stores the result.",
    syntax: "BITOP <AND | OR | XOR | NOT | DIFF | DIFF1 | ANDOR | ONE> destkey key [key ...]",
    run: bitop,
    ..SPEC
});

const OPERATIONS: [(&str, Operation); 8] = [
    ("AND", Operation::And),
    ("OR", Operation::Or),
    ("XOR", Operation::Xor),
    ("NOT", Operation::Not),
    ("DIFF", Operation::Diff),
    ("DIFF1", Operation::Diff1),
    ("ANDOR", Operation::AndOr),
    ("ONE", Operation::One),
];

/// A string that is read.
enum Source {
    Short(SmallVec<[u8; 64]>),
    Long(Blob),
}

impl Source {
    fn of(value: Option<Str<'_>>) -> Source {
        match value {
            None => Source::Short(SmallVec::new()),
            Some(Str::Blob(blob)) => Source::Long(blob.clone()),
            Some(short) => Source::Short(short.bytes(&mut itoa::Buffer::new()).into()),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Source::Short(bytes) => bytes,
            Source::Long(blob) => blob,
        }
    }
}

fn bitop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), CommandError> {
    let operation = parse(args)?;
    let mut sources: SmallVec<[Source; 4]> = SmallVec::new();
    for name in args.tail(3) {
        sources.push(Source::of(ctx.keys.string(name)?));
    }
    let sources: SmallVec<[&[u8]; 4]> = sources.iter().map(Source::bytes).collect();
    let len = sources.iter().map(|source| source.len()).max().unwrap_or(0);
    if len == 0 {
        ctx.keys.delete(args.at(2));
    } else if len <= PIECE {
        combine(operation, &sources, |all| {
            ctx.keys.set(args.at(2), Put::Bytes(all), Deadline::Clear, SET);
        });
    } else {
        let mut result = Blob::with_capacity(len);
        combine(operation, &sources, |piece| result.extend(piece));
        ctx.keys.set(args.at(2), Put::Blob(result), Deadline::Clear, SET);
    }
    ctx.reply.integer(len as i64);
    Ok(())
}

fn parse(args: Args<'_>) -> Result<Operation, CommandError> {
    let known = OPERATIONS.iter().find(|(name, _)| is_word(args.at(1), name));
    let &(name, operation) = known.ok_or(CommandError::Syntax)?;
    let count = args.len() - 3;
    let text = match operation {
        Operation::Not if count != 1 => "with a single source key.",
        Operation::Diff | Operation::Diff1 | Operation::AndOr if count < 2 => {
            "with at least two source keys."
        }
        Operation::And
        | Operation::Or
        | Operation::Xor
        | Operation::Not
        | Operation::Diff
        | Operation::Diff1
        | Operation::AndOr
        | Operation::One => return Ok(operation),
    };
    Err(CommandError::err(format_args!("BITOP {name} must be called {text}")))
}
