//! Commands on hashes.

mod hdel;
mod hget;
mod hgetall;
mod hgetdel;
mod hincrby;
mod hincrbyfloat;
mod hlen;
mod hrandfield;
mod hscan;
mod hset;

use crate::command::Command;
use crate::keyspace::event::{Class, Event, event};

const SET: Event = event(Class::Hash, "hset");
const DELETED: Event = event(Class::Hash, "hdel");

/// The group.
pub static COMMANDS: &[&Command] = &[
    &hdel::HDEL,
    &hget::HGET,
    &hget::HMGET,
    &hgetall::HGETALL,
    &hgetall::HKEYS,
    &hgetall::HVALS,
    &hgetdel::HGETDEL,
    &hincrby::HINCRBY,
    &hincrbyfloat::HINCRBYFLOAT,
    &hlen::HEXISTS,
    &hlen::HLEN,
    &hlen::HSTRLEN,
    &hrandfield::HRANDFIELD,
    &hscan::HSCAN,
    &hset::HMSET,
    &hset::HSET,
    &hset::HSETNX,
];
