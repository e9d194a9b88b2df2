//! Commands on sets.

mod algebra;
mod sadd;
mod scard;
mod sinter;
mod sintercard;
mod sinterstore;
mod sismember;
mod smembers;
mod smove;
mod spop;
mod srandmember;
mod srem;
mod sscan;

use crate::command::Command;
use crate::keyspace::event::{Class, Event, event};

const ADDED: Event = event(Class::Set, "sadd");
const REMOVED: Event = event(Class::Set, "srem");

/// The group.
pub static COMMANDS: &[&Command] = &[
    &sadd::SADD,
    &scard::SCARD,
    &sinter::SDIFF,
    &sinter::SINTER,
    &sinter::SUNION,
    &sintercard::SDIFFCARD,
    &sintercard::SINTERCARD,
    &sintercard::SUNIONCARD,
    &sinterstore::SDIFFSTORE,
    &sinterstore::SINTERSTORE,
    &sinterstore::SUNIONSTORE,
    &sismember::SISMEMBER,
    &sismember::SMISMEMBER,
    &smembers::SMEMBERS,
    &smove::SMOVE,
    &spop::SPOP,
    &srandmember::SRANDMEMBER,
    &srem::SREM,
    &sscan::SSCAN,
];
