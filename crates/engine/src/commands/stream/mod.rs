//! Commands on streams.

mod claiming;
pub mod group_reading;
mod ids;
mod ids_list;
mod long_reading;
pub(crate) mod looking;
mod read_options;
pub mod reading;
mod records;
mod replies;
mod trimming;
mod xack;
mod xadd;
mod xautoclaim;
mod xclaim;
mod xdel;
mod xdelex;
mod xgroup;
mod xinfo;
mod xlen;
mod xnack;
mod xpending;
mod xrange;
mod xread;
mod xreadgroup;
mod xsetid;
mod xtrim;

use resp::Args;
use types::stream::NodeLimits;

use crate::command::Command;
use crate::config::Config;
use crate::error::CommandError;
use crate::keyspace::event::{Class, Event, event};

/// The group.
pub static COMMANDS: &[&Command] = &[
    &xack::XACK,
    &xdelex::XACKDEL,
    &xadd::XADD,
    &xautoclaim::XAUTOCLAIM,
    &xclaim::XCLAIM,
    &xdel::XDEL,
    &xdelex::XDELEX,
    &xgroup::XGROUP,
    &xinfo::XINFO,
    &xlen::XLEN,
    &xnack::XNACK,
    &xpending::XPENDING,
    &xrange::XRANGE,
    &xread::XREAD,
    &xreadgroup::XREADGROUP,
    &xrange::XREVRANGE,
    &xsetid::XSETID,
    &xtrim::XTRIM,
];

const XADD_EVENT: Event = event(Class::Stream, "xadd");
const XDEL_EVENT: Event = event(Class::Stream, "xdel");
const XTRIM_EVENT: Event = event(Class::Stream, "xtrim");
const XSETID_EVENT: Event = event(Class::Stream, "xsetid");

const CREATE_CONSUMER_EVENT: Event = event(Class::Stream, "xgroup-createconsumer");

/// There is no group to read for.
pub(crate) fn no_group_to_read(key: &[u8], group: &[u8]) -> CommandError {
    CommandError::text(format!(
        "NOGROUP No such key '{}' or consumer group '{}' in XREADGROUP with GROUP option",
        String::from_utf8_lossy(key),
        String::from_utf8_lossy(group)
    ))
}

fn unknown_subcommand(args: Args<'_>, container: &str) -> CommandError {
    CommandError::err(format!(
        "unknown subcommand or wrong number of arguments for '{}'. Try {container} HELP.",
        String::from_utf8_lossy(args.at(1))
    ))
}

fn no_key_or_group(key: &[u8], group: &[u8]) -> CommandError {
    CommandError::text(format!(
        "NOGROUP No such key '{}' or consumer group '{}'",
        String::from_utf8_lossy(key),
        String::from_utf8_lossy(group)
    ))
}

/// How much a block of a stream takes.
fn node_limits(config: &Config) -> NodeLimits {
    let size = |value| usize::try_from(value).unwrap_or(usize::MAX);
    NodeLimits {
        bytes: size(config.encodings.stream_node_max_bytes),
        entries: size(config.encodings.stream_node_max_entries),
    }
}
