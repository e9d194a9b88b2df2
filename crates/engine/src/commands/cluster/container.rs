//! `CLUSTER ...`
//!
//! compat: a server that is no node of a cluster knows where a key would be (`CLUSTER KEYSLOT`) and
//! refuses the rest.

use resp::Args;

use super::keyslot::KEYSLOT;
use crate::command::{Arity, Command, Flag, Group, SPEC, Spec};
use crate::commands::help::help;
use crate::ctx::Ctx;
use crate::error::CommandError;

pub static CLUSTER: Command = Command::new(Spec {
    name: "cluster",
    group: Group::Cluster,
    arity: Arity::AtLeast(2),
    since: "3.0.0",
    complexity: "by subcommand",
    summary: "Shows and manages a cluster.",
    syntax: "CLUSTER <subcommand> [arg ...]",
    subcommands: &[
        &ADDSLOTS,
        &ADDSLOTSRANGE,
        &BUMPEPOCH,
        &CANCELSLOTMIGRATIONS,
        &COUNT_FAILURE_REPORTS,
        &COUNTKEYSINSLOT,
        &DELSLOTS,
        &DELSLOTSRANGE,
        &FAILOVER,
        &FLUSHSLOT,
        &FLUSHSLOTS,
        &FORGET,
        &GETKEYSINSLOT,
        &GETSLOTMIGRATIONS,
        &HELP,
        &INFO,
        &KEYSLOT,
        &LINKS,
        &MEET,
        &MIGRATESLOTS,
        &MYID,
        &MYSHARDID,
        &NODES,
        &REPLICAS,
        &REPLICATE,
        &RESET,
        &SAVECONFIG,
        &SET_CONFIG_EPOCH,
        &SETSLOT,
        &SHARDS,
        &SLAVES,
        &SLOT_STATS,
        &SLOTS,
        &SYNCSLOTS,
    ],
    ..SPEC
});

pub static HELP: Command = Command::new(Spec {
    name: "help",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "5.0.0",
    summary: "Describes the subcommands.",
    syntax: "CLUSTER HELP",
    run: help,
    ..SPEC
});

pub static ADDSLOTS: Command = Command::new(Spec {
    name: "addslots",
    group: Group::Cluster,
    arity: Arity::AtLeast(3),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "3.0.0",
    complexity: "O(N), N being the slots",
    summary: "Gives hash slots to this node.",
    syntax: "CLUSTER ADDSLOTS slot [slot ...]",
    run: disabled,
    ..SPEC
});

pub static ADDSLOTSRANGE: Command = Command::new(Spec {
    name: "addslotsrange",
    group: Group::Cluster,
    arity: Arity::AtLeast(4),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "7.0.0",
    complexity: "O(N), N being the slots",
    summary: "Gives ranges of hash slots to this node.",
    syntax: "CLUSTER ADDSLOTSRANGE start-slot end-slot [start-slot end-slot ...]",
    run: disabled,
    ..SPEC
});

pub static BUMPEPOCH: Command = Command::new(Spec {
    name: "bumpepoch",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "3.0.0",
    summary: "Advances the configuration epoch.",
    syntax: "CLUSTER BUMPEPOCH",
    tips: &["nondeterministic_output"],
    run: disabled,
    ..SPEC
});

pub static CANCELSLOTMIGRATIONS: Command = Command::new(Spec {
    name: "cancelslotmigrations",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale, Flag::AllDbs],
    since: "9.0.0",
    summary: "Cancels the slot migrations of this node.",
    syntax: "CLUSTER CANCELSLOTMIGRATIONS",
    run: disabled,
    ..SPEC
});

pub static COUNT_FAILURE_REPORTS: Command = Command::new(Spec {
    name: "count-failure-reports",
    group: Group::Cluster,
    arity: Arity::Exactly(3),
    flags: &[Flag::Admin, Flag::Stale],
    since: "3.0.0",
    summary: "Returns how many nodes report a node as failing.",
    syntax: "CLUSTER COUNT-FAILURE-REPORTS node-id",
    tips: &["nondeterministic_output"],
    run: disabled,
    ..SPEC
});

pub static COUNTKEYSINSLOT: Command = Command::new(Spec {
    name: "countkeysinslot",
    group: Group::Cluster,
    arity: Arity::Exactly(3),
    flags: &[Flag::Stale],
    since: "3.0.0",
    summary: "Returns the number of keys in a hash slot.",
    syntax: "CLUSTER COUNTKEYSINSLOT slot",
    run: disabled,
    ..SPEC
});

pub static DELSLOTS: Command = Command::new(Spec {
    name: "delslots",
    group: Group::Cluster,
    arity: Arity::AtLeast(3),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "3.0.0",
    complexity: "O(N), N being the slots",
    summary: "Takes hash slots from this node.",
    syntax: "CLUSTER DELSLOTS slot [slot ...]",
    run: disabled,
    ..SPEC
});

pub static DELSLOTSRANGE: Command = Command::new(Spec {
    name: "delslotsrange",
    group: Group::Cluster,
    arity: Arity::AtLeast(4),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "7.0.0",
    complexity: "O(N), N being the slots",
    summary: "Takes ranges of hash slots from this node.",
    syntax: "CLUSTER DELSLOTSRANGE start-slot end-slot [start-slot end-slot ...]",
    run: disabled,
    ..SPEC
});

pub static FAILOVER: Command = Command::new(Spec {
    name: "failover",
    group: Group::Cluster,
    arity: Arity::AtLeast(2),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "3.0.0",
    summary: "Makes a replica take over from its primary.",
    syntax: "CLUSTER FAILOVER [FORCE|TAKEOVER]",
    run: disabled,
    ..SPEC
});

pub static FLUSHSLOT: Command = Command::new(Spec {
    name: "flushslot",
    group: Group::Cluster,
    arity: Arity::AtLeast(3),
    flags: &[Flag::Write, Flag::NoAsyncLoading, Flag::Admin, Flag::AllDbs],
    acl: &["keyspace"],
    since: "9.0.0",
    complexity: "O(N), N being the keys",
    summary: "Deletes the keys of a hash slot.",
    syntax: "CLUSTER FLUSHSLOT slot [ASYNC|SYNC]",
    run: disabled,
    ..SPEC
});

pub static FLUSHSLOTS: Command = Command::new(Spec {
    name: "flushslots",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "3.0.0",
    summary: "Takes all hash slots from this node.",
    syntax: "CLUSTER FLUSHSLOTS",
    run: disabled,
    ..SPEC
});

pub static FORGET: Command = Command::new(Spec {
    name: "forget",
    group: Group::Cluster,
    arity: Arity::Exactly(3),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "3.0.0",
    summary: "Removes a node from the nodes table.",
    syntax: "CLUSTER FORGET node-id",
    run: disabled,
    ..SPEC
});

pub static GETKEYSINSLOT: Command = Command::new(Spec {
    name: "getkeysinslot",
    group: Group::Cluster,
    arity: Arity::Exactly(4),
    flags: &[Flag::Stale],
    since: "3.0.0",
    complexity: "O(N), N being the keys",
    summary: "Returns keys of a hash slot.",
    syntax: "CLUSTER GETKEYSINSLOT slot count",
    tips: &["nondeterministic_output"],
    run: disabled,
    ..SPEC
});

pub static GETSLOTMIGRATIONS: Command = Command::new(Spec {
    name: "getslotmigrations",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "9.0.0",
    summary: "Returns the slot migrations of this node.",
    syntax: "CLUSTER GETSLOTMIGRATIONS",
    run: disabled,
    ..SPEC
});

pub static INFO: Command = Command::new(Spec {
    name: "info",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "3.0.0",
    summary: "Returns the state of the cluster.",
    syntax: "CLUSTER INFO",
    tips: &["nondeterministic_output"],
    run: disabled,
    ..SPEC
});

pub static LINKS: Command = Command::new(Spec {
    name: "links",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::Stale],
    since: "7.0.0",
    complexity: "O(N), N being the nodes",
    summary: "Returns the links to other nodes.",
    syntax: "CLUSTER LINKS",
    tips: &["nondeterministic_output"],
    run: disabled,
    ..SPEC
});

pub static MEET: Command = Command::new(Spec {
    name: "meet",
    group: Group::Cluster,
    arity: Arity::AtLeast(4),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "3.0.0",
    summary: "Makes this node join another one.",
    syntax: "CLUSTER MEET ip port [cluster-bus-port]",
    run: disabled,
    ..SPEC
});

pub static MIGRATESLOTS: Command = Command::new(Spec {
    name: "migrateslots",
    group: Group::Cluster,
    arity: Arity::AtLeast(4),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale, Flag::AllDbs],
    since: "9.0.0",
    complexity: "O(N), N being the slots",
    summary: "Moves hash slots to another node.",
    syntax: "CLUSTER MIGRATESLOTS SLOTSRANGE start-slot end-slot [start-slot end-slot ...] NODE \
             node-id",
    run: disabled,
    ..SPEC
});

pub static MYID: Command = Command::new(Spec {
    name: "myid",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "3.0.0",
    summary: "Returns the id of this node.",
    syntax: "CLUSTER MYID",
    run: disabled,
    ..SPEC
});

pub static MYSHARDID: Command = Command::new(Spec {
    name: "myshardid",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "7.2.0",
    summary: "Returns the id of the shard of this node.",
    syntax: "CLUSTER MYSHARDID",
    tips: &["nondeterministic_output"],
    run: disabled,
    ..SPEC
});

pub static NODES: Command = Command::new(Spec {
    name: "nodes",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "3.0.0",
    complexity: "O(N), N being the nodes",
    summary: "Returns the nodes table.",
    syntax: "CLUSTER NODES",
    tips: &["nondeterministic_output"],
    run: disabled,
    ..SPEC
});

pub static REPLICAS: Command = Command::new(Spec {
    name: "replicas",
    group: Group::Cluster,
    arity: Arity::Exactly(3),
    flags: &[Flag::Admin, Flag::Stale],
    since: "5.0.0",
    complexity: "O(N), N being the replicas",
    summary: "Returns the replicas of a primary.",
    syntax: "CLUSTER REPLICAS node-id",
    tips: &["nondeterministic_output"],
    run: disabled,
    ..SPEC
});

pub static REPLICATE: Command = Command::new(Spec {
    name: "replicate",
    group: Group::Cluster,
    arity: Arity::AtLeast(3),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "3.0.0",
    summary: "Makes this node a replica of another one.",
    syntax: "CLUSTER REPLICATE node-id|NO ONE",
    run: disabled,
    ..SPEC
});

pub static RESET: Command = Command::new(Spec {
    name: "reset",
    group: Group::Cluster,
    arity: Arity::AtLeast(2),
    flags: &[Flag::Admin, Flag::Stale, Flag::NoScript],
    since: "3.0.0",
    complexity: "O(N), N being the nodes",
    summary: "Makes this node forget the cluster.",
    syntax: "CLUSTER RESET [HARD|SOFT]",
    run: disabled,
    ..SPEC
});

pub static SAVECONFIG: Command = Command::new(Spec {
    name: "saveconfig",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "3.0.0",
    summary: "Writes the nodes table to its file.",
    syntax: "CLUSTER SAVECONFIG",
    run: disabled,
    ..SPEC
});

pub static SET_CONFIG_EPOCH: Command = Command::new(Spec {
    name: "set-config-epoch",
    group: Group::Cluster,
    arity: Arity::Exactly(3),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale],
    since: "3.0.0",
    summary: "Sets the configuration epoch of a new node.",
    syntax: "CLUSTER SET-CONFIG-EPOCH config-epoch",
    run: disabled,
    ..SPEC
});

pub static SETSLOT: Command = Command::new(Spec {
    name: "setslot",
    group: Group::Cluster,
    arity: Arity::AtLeast(4),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale, Flag::MayReplicate],
    since: "3.0.0",
    summary: "Says whose a hash slot is, or where it moves.",
    syntax: "CLUSTER SETSLOT slot IMPORTING node-id|MIGRATING node-id|NODE node-id|STABLE [TIMEOUT \
             timeout]",
    run: disabled,
    ..SPEC
});

pub static SHARDS: Command = Command::new(Spec {
    name: "shards",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "7.0.0",
    complexity: "O(N), N being the nodes",
    summary: "Returns the shards with their slots and nodes.",
    syntax: "CLUSTER SHARDS",
    tips: &["nondeterministic_output"],
    run: disabled,
    ..SPEC
});

pub static SLAVES: Command = Command::new(Spec {
    name: "slaves",
    group: Group::Cluster,
    arity: Arity::Exactly(3),
    flags: &[Flag::Admin, Flag::Stale],
    since: "3.0.0",
    complexity: "O(N), N being the replicas",
    summary: "The former name of CLUSTER REPLICAS.",
    syntax: "CLUSTER SLAVES node-id",
    tips: &["nondeterministic_output"],
    run: disabled,
    ..SPEC
});

pub static SLOT_STATS: Command = Command::new(Spec {
    name: "slot-stats",
    group: Group::Cluster,
    arity: Arity::AtLeast(4),
    flags: &[Flag::Stale, Flag::Loading],
    since: "8.0.0",
    summary: "Returns statistics of hash slots.",
    syntax: "CLUSTER SLOT-STATS SLOTSRANGE start-slot end-slot|ORDERBY metric [LIMIT limit] \
             [ASC|DESC]",
    tips: &["nondeterministic_output", "request_policy:all_shards"],
    run: disabled,
    ..SPEC
});

pub static SLOTS: Command = Command::new(Spec {
    name: "slots",
    group: Group::Cluster,
    arity: Arity::Exactly(2),
    flags: &[Flag::Loading, Flag::Stale],
    since: "3.0.0",
    complexity: "O(N), N being the nodes",
    summary: "Returns the hash slots with their nodes.",
    syntax: "CLUSTER SLOTS",
    tips: &["nondeterministic_output"],
    run: disabled,
    ..SPEC
});

pub static SYNCSLOTS: Command = Command::new(Spec {
    name: "syncslots",
    group: Group::Cluster,
    arity: Arity::AtLeast(3),
    flags: &[Flag::NoAsyncLoading, Flag::Admin, Flag::Stale, Flag::MayReplicate],
    since: "9.0.0",
    summary: "Speaks between nodes about a slot migration.",
    syntax: "CLUSTER SYNCSLOTS subcommand [arg ...]",
    run: disabled,
    ..SPEC
});

/// What needs a cluster.
pub(super) fn disabled(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), CommandError> {
    Err(CommandError::err("This instance has cluster support disabled"))
}
