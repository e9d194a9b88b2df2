//! Commands on the bits of strings.

mod bitcount;
mod bitfield;
mod bitop;
mod bitpos;
mod field_operations;
mod getbit;
mod offset;
mod range;
mod setbit;

use crate::command::Command;

/// The group.
pub static COMMANDS: &[&Command] = &[
    &bitcount::BITCOUNT,
    &bitfield::BITFIELD,
    &bitfield::BITFIELD_RO,
    &bitop::BITOP,
    &bitpos::BITPOS,
    &getbit::GETBIT,
    &setbit::SETBIT,
];
