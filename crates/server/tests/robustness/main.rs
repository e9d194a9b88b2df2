//! What must hold when clients, disks and limits are unkind.

#[path = "../harness/mod.rs"]
mod harness;

mod bare;
mod feed;
mod limits;
mod rdb;
mod slow_clients;
mod snapshots;
