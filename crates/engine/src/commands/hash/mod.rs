//! Commands on hashes.

mod fields;
mod hdel;
mod hexpire;
mod hget;
mod hgetall;
mod hgetdel;
mod hgetex;
mod himport;
mod hincrby;
mod hincrbyfloat;
mod hlen;
mod hpersist;
mod hrandfield;
mod hscan;
mod hset;
mod hsetex;
mod httl;
mod options;
mod writer;

use crate::command::Command;
use crate::keyspace::event::{Class, Event, event};

const SET: Event = event(Class::Hash, "hset");
const DELETED: Event = event(Class::Hash, "hdel");
const EXPIRE: Event = event(Class::Hash, "hexpire");
const EXPIRED: Event = event(Class::Hash, "hexpired");
const PERSIST: Event = event(Class::Hash, "hpersist");

/// The group.
pub static COMMANDS: &[&Command] = &[
    &hdel::HDEL,
    &hexpire::HEXPIRE,
    &hexpire::HEXPIREAT,
    &hexpire::HPEXPIRE,
    &hexpire::HPEXPIREAT,
    &hget::HGET,
    &hget::HMGET,
    &hgetall::HGETALL,
    &hgetall::HKEYS,
    &hgetall::HVALS,
    &hgetdel::HGETDEL,
    &hgetex::HGETEX,
    &himport::HIMPORT,
    &hincrby::HINCRBY,
    &hincrbyfloat::HINCRBYFLOAT,
    &hlen::HEXISTS,
    &hlen::HLEN,
    &hlen::HSTRLEN,
    &hpersist::HPERSIST,
    &hrandfield::HRANDFIELD,
    &hscan::HSCAN,
    &hset::HMSET,
    &hset::HSET,
    &hset::HSETNX,
    &hsetex::HSETEX,
    &httl::HEXPIRETIME,
    &httl::HPEXPIRETIME,
    &httl::HPTTL,
    &httl::HTTL,
];
