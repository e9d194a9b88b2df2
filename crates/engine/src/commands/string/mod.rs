//! Commands on strings.

mod append;
mod delex;
mod digest;
mod get;
mod getdel;
mod getex;
mod getrange;
mod getset;
mod incr;
mod incrbyfloat;
mod increx;
mod lcs;
mod mget;
mod mset;
mod msetex;
mod options;
mod set;
mod setex;
mod setnx;
mod setrange;
mod strlen;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] = &[
    &append::APPEND,
    &incr::DECR,
    &incr::DECRBY,
    &delex::DELEX,
    &delex::DELIFEQ,
    &digest::DIGEST,
    &get::GET,
    &getdel::GETDEL,
    &getex::GETEX,
    &getrange::GETRANGE,
    &getset::GETSET,
    &incr::INCR,
    &incr::INCRBY,
    &incrbyfloat::INCRBYFLOAT,
    &increx::INCREX,
    &lcs::LCS,
    &mget::MGET,
    &mset::MSET,
    &msetex::MSETEX,
    &mset::MSETNX,
    &setex::PSETEX,
    &set::SET,
    &setex::SETEX,
    &setnx::SETNX,
    &setrange::SETRANGE,
    &strlen::STRLEN,
    &getrange::SUBSTR,
];
