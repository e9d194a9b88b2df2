//! Commands that estimate how many different elements there are.

mod pfadd;
mod pfcount;
mod pfdebug;
mod pfmerge;
mod pfselftest;
mod sketches;

use crate::command::Command;
use crate::keyspace::event::{Class, Event, event};

const CHANGED: Event = event(Class::String, "pfadd");

/// The group.
pub static COMMANDS: &[&Command] = &[
    &pfadd::PFADD,
    &pfcount::PFCOUNT,
    &pfdebug::PFDEBUG,
    &pfmerge::PFMERGE,
    &pfselftest::PFSELFTEST,
];
