//! Commands on sorted sets.

mod bzpop;
mod combine;
mod pairs;
pub(crate) mod pop;
mod range;
mod source;
pub(super) mod zadd;
mod zcard;
mod zcount;
mod zdiff;
mod zinter;
mod zmpop;
mod zpop;
mod zrandmember;
mod zrange;
mod zrangestore;
mod zrank;
mod zrem;
mod zremrange;
mod zscan;
mod zscore;
mod zunion;

use types::sorted_set::Limits;

use crate::command::Command;
use crate::config::Config;
use crate::ctx::Ctx;
use crate::keyspace::event::{DEL, Event};
use crate::keyspace::handle::Deadline;
use structures::Put;
use types::{Kind, Object, SortedSet};

/// The group.
pub static COMMANDS: &[&Command] = &[
    &zmpop::BZMPOP,
    &bzpop::BZPOPMAX,
    &bzpop::BZPOPMIN,
    &zadd::ZADD,
    &zcard::ZCARD,
    &zcount::ZCOUNT,
    &zdiff::ZDIFF,
    &zdiff::ZDIFFSTORE,
    &zadd::ZINCRBY,
    &zinter::ZINTER,
    &zinter::ZINTERCARD,
    &zinter::ZINTERSTORE,
    &zcount::ZLEXCOUNT,
    &zmpop::ZMPOP,
    &zscore::ZMSCORE,
    &zpop::ZPOPMAX,
    &zpop::ZPOPMIN,
    &zrandmember::ZRANDMEMBER,
    &zrange::ZRANGE,
    &zrange::ZRANGEBYLEX,
    &zrange::ZRANGEBYSCORE,
    &zrangestore::ZRANGESTORE,
    &zrank::ZRANK,
    &zrem::ZREM,
    &zremrange::ZREMRANGEBYLEX,
    &zremrange::ZREMRANGEBYRANK,
    &zremrange::ZREMRANGEBYSCORE,
    &zrange::ZREVRANGE,
    &zrange::ZREVRANGEBYLEX,
    &zrange::ZREVRANGEBYSCORE,
    &zrank::ZREVRANK,
    &zscan::ZSCAN,
    &zscore::ZSCORE,
    &zunion::ZUNION,
    &zunion::ZUNIONSTORE,
];

/// Up to which size a sorted set keeps its compact form.
pub(crate) fn limits(config: &Config) -> Limits {
    let encodings = &config.encodings;
    let size = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
    Limits {
        members: size(encodings.zset_max_listpack_entries),
        member_bytes: size(encodings.zset_max_listpack_value_bytes),
    }
}

/// Puts a result in place of whatever the key held, and replies with its length; an empty one
/// leaves no key.
pub(in crate::commands) fn store(ctx: &mut Ctx<'_>, key: &[u8], result: SortedSet, event: Event) {
    let len = result.len();
    if len == 0 {
        ctx.keys.delete_as(key, DEL);
    } else {
        let value = Put::Object(Box::new(result.into_value()));
        ctx.keys.set(key, value, Deadline::Clear, event);
    }
    ctx.reply.integer(len as i64);
}
