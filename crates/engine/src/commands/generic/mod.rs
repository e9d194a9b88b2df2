//! Commands on keys, whatever they hold.

mod copy;
mod del;
mod dump;
mod exists;
mod expire;
mod keys;
mod kind;
mod migrate;
pub(super) mod object;
mod persist;
mod randomkey;
mod relocate;
mod rename;
mod restore;
mod scan;
mod sort;
mod ttl;

use crate::command::Command;

pub use kind::type_name;
pub(crate) use migrate::SETTLE;
pub use object::encoding_of;

/// The group.
pub static COMMANDS: &[&Command] = &[
    &copy::COPY,
    &del::DEL,
    &dump::DUMP,
    &exists::EXISTS,
    &expire::EXPIRE,
    &expire::EXPIREAT,
    &ttl::EXPIRETIME,
    &keys::KEYS,
    &migrate::MIGRATE,
    &relocate::MOVE,
    &object::OBJECT,
    &persist::PERSIST,
    &expire::PEXPIRE,
    &expire::PEXPIREAT,
    &ttl::PEXPIRETIME,
    &ttl::PTTL,
    &randomkey::RANDOMKEY,
    &rename::RENAME,
    &rename::RENAMENX,
    &restore::RESTORE,
    &restore::RESTORE_ASKING,
    &scan::SCAN,
    &sort::SORT,
    &sort::SORT_RO,
    &exists::TOUCH,
    &ttl::TTL,
    &kind::TYPE,
    &del::UNLINK,
];
