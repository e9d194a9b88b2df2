//! The directives by topic: each file has its fields, their defaults and their entries.

pub(super) mod clients;
pub(super) mod cluster;
pub(super) mod encodings;
pub(super) mod general;
pub(super) mod memory;
pub(super) mod network;
pub(super) mod observability;
pub(super) mod persistence;
pub(super) mod replication;
pub(super) mod security;
pub(super) mod tls;
