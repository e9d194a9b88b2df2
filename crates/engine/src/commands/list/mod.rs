//! Commands on lists.

mod blmove;
mod blpop;
mod llen;
mod lmove;
mod lrange;
mod pop;
mod push;

use resp::Args;

use crate::blocking::Side;
use crate::command::Command;
use crate::error::CommandError;

/// The group.
pub static COMMANDS: &[&Command] = &[
    &blmove::BLMOVE,
    &blpop::BLPOP,
    &blpop::BRPOP,
    &blmove::BRPOPLPUSH,
    &llen::LLEN,
    &lmove::LMOVE,
    &pop::LPOP,
    &push::LPUSH,
    &push::LPUSHX,
    &lrange::LRANGE,
    &pop::RPOP,
    &lmove::RPOPLPUSH,
    &push::RPUSH,
    &push::RPUSHX,
];

/// `LEFT` or `RIGHT` at argument `index`.
fn side(args: Args<'_>, index: usize) -> Result<Side, CommandError> {
    match args.at(index) {
        word if word.eq_ignore_ascii_case(b"left") => Ok(Side::Left),
        word if word.eq_ignore_ascii_case(b"right") => Ok(Side::Right),
        _ => Err(CommandError::Syntax),
    }
}
