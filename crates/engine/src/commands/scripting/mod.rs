//! Commands that run and keep scripts.

mod eval;
mod function;
mod host;
mod script;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] = &[
    &eval::EVAL,
    &eval::EVALSHA,
    &eval::EVALSHA_RO,
    &eval::EVAL_RO,
    &function::FUNCTION,
    &script::SCRIPT,
];
