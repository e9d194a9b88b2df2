//! Commands on sets.

mod sadd;
mod scard;
mod sismember;
mod smembers;
mod srem;

use crate::command::Command;
use crate::keyspace::event::{Class, Event, event};

const ADDED: Event = event(Class::Set, "sadd");
const REMOVED: Event = event(Class::Set, "srem");

/// The group.
pub static COMMANDS: &[&Command] =
    &[&sadd::SADD, &scard::SCARD, &sismember::SISMEMBER, &smembers::SMEMBERS, &srem::SREM];
