//! Commands for publishing and listening.

mod introspect;
mod publish;
mod subscribe;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] = &[
    &subscribe::PSUBSCRIBE,
    &publish::PUBLISH,
    &introspect::PUBSUB,
    &subscribe::PUNSUBSCRIBE,
    &publish::SPUBLISH,
    &subscribe::SSUBSCRIBE,
    &subscribe::SUBSCRIBE,
    &subscribe::SUNSUBSCRIBE,
    &subscribe::UNSUBSCRIBE,
];
