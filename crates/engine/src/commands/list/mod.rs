//! Commands on lists.

mod blmove;
mod blpop;
pub mod ends;
mod lindex;
mod linsert;
mod llen;
mod lmove;
mod lmovem;
mod lmpop;
mod lpos;
mod lrange;
mod lrem;
mod lset;
mod ltrim;
mod pop;
mod push;

use resp::Args;
use resp::number::parse_i64;
use types::Side;

use crate::command::Command;
use crate::error::CommandError;

/// The group.
pub static COMMANDS: &[&Command] = &[
    &blmove::BLMOVE,
    &lmovem::BLMOVEM,
    &lmpop::BLMPOP,
    &blpop::BLPOP,
    &blpop::BRPOP,
    &blmove::BRPOPLPUSH,
    &lindex::LINDEX,
    &linsert::LINSERT,
    &llen::LLEN,
    &lmove::LMOVE,
    &lmovem::LMOVEM,
    &lmpop::LMPOP,
    &pop::LPOP,
    &lpos::LPOS,
    &push::LPUSH,
    &push::LPUSHX,
    &lrange::LRANGE,
    &lrem::LREM,
    &lset::LSET,
    &ltrim::LTRIM,
    &pop::RPOP,
    &lmove::RPOPLPUSH,
    &push::RPUSH,
    &push::RPUSHX,
];

/// A number of elements that must be positive.
fn positive(argument: &[u8], error: &'static str) -> Result<usize, CommandError> {
    let count = parse_i64(argument).and_then(|count| usize::try_from(count).ok());
    count.filter(|count| *count > 0).ok_or_else(|| CommandError::err(error))
}

/// `LEFT` or `RIGHT` at argument `index`.
fn side(args: Args<'_>, index: usize) -> Result<Side, CommandError> {
    match args.at(index) {
        word if word.eq_ignore_ascii_case(b"left") => Ok(Side::Left),
        word if word.eq_ignore_ascii_case(b"right") => Ok(Side::Right),
        _ => Err(CommandError::Syntax),
    }
}
