//! What a value must fulfil beyond its type, checked on the configuration after it was set.
//!
//! # Invariants
//!
//! 1. The defaults pass every check.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Config;

type Check = Result<(), &'static str>;

fn require(fulfilled: bool, otherwise: &'static str) -> Check {
    if fulfilled { Ok(()) } else { Err(otherwise) }
}

pub(super) fn check_no_mptcp(config: &Config) -> Check {
    let used = config.network.mptcp || config.replication.repl_mptcp;
    require(!used, "MPTCP is not supported on this platform")
}

pub(super) fn check_no_rdma(config: &Config) -> Check {
    let used = config.network.rdma_port != 0 || !config.network.rdma_bind.is_empty();
    require(!used, "No RDMA building support.")
}

pub(super) fn check_no_defrag(config: &Config) -> Check {
    require(
        !config.memory.activedefrag,
        "Active defragmentation cannot be enabled: it requires a server compiled with a modified \
         Jemalloc like the one shipped by default with the source distribution",
    )
}

fn is_base_name(name: &str) -> bool {
    !name.contains(['/', '\\'])
}

pub(super) fn check_dbfilename(config: &Config) -> Check {
    let name = &config.persistence.dbfilename;
    require(!name.is_empty(), "dbfilename can't be empty")?;
    require(is_base_name(name), "dbfilename can't be a path, just a filename")
}

pub(super) fn check_appendfilename(config: &Config) -> Check {
    let name = &config.persistence.appendfilename;
    require(!name.is_empty(), "appendfilename can't be empty")?;
    require(is_base_name(name), "appendfilename can't be a path, just a filename")
}

pub(super) fn check_appenddirname(config: &Config) -> Check {
    let name = &config.persistence.appenddirname;
    require(!name.is_empty(), "appenddirname can't be empty")?;
    require(is_base_name(name), "appenddirname can't be a path, just a dirname")
}

pub(super) fn check_cluster_config_file(config: &Config) -> Check {
    let name = &config.cluster.cluster_config_file;
    require(!name.is_empty(), "cluster-config-file can't be empty")
}

pub(super) fn check_hash_seed(config: &Config) -> Check {
    let short = config.general.hash_seed.len() <= 256;
    require(short, "hash-seed must be less than or equal to 256 characters")
}

/// What a node's field may hold without confusing the cluster's file.
fn is_plain(text: &str) -> bool {
    let forbidden = |byte: u8| byte <= b',' || byte == 0x7f || b";<=>?@[]^{|}~\\".contains(&byte);
    !text.bytes().any(forbidden)
}

pub(super) fn check_announced_ip(config: &Config) -> Check {
    let address = &config.cluster.cluster_announce_ip;
    require(address.len() < 46, "cluster-announce-ip is too long")?;
    require(is_plain(address), "cluster-announce-ip contains invalid character")
}

pub(super) fn check_nodename(config: &Config) -> Check {
    let plain = is_plain(&config.cluster.cluster_announce_human_nodename);
    require(plain, "Announced human node name contained invalid character")
}

pub(super) fn check_hostname(config: &Config) -> Check {
    let name = &config.cluster.cluster_announce_hostname;
    require(name.len() < 256, "Hostnames must be less than 256 characters")?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    require(
        name.bytes().all(allowed),
        "Hostnames may only contain alphanumeric characters, hyphens or dots",
    )
}

pub(super) fn check_ipv4(config: &Config) -> Check {
    let address = &config.cluster.cluster_announce_client_ipv4;
    require(address.is_empty() || address.parse::<Ipv4Addr>().is_ok(), "Invalid IPv4 address")
}

pub(super) fn check_ipv6(config: &Config) -> Check {
    let address = &config.cluster.cluster_announce_client_ipv6;
    require(address.is_empty() || address.parse::<Ipv6Addr>().is_ok(), "Invalid IPv6 address")
}

/// Only known variables in braces, and not nothing but blanks.
pub(super) fn check_title_template(config: &Config) -> Check {
    const VARIABLES: [&str; 7] =
        ["title", "listen-addr", "server-mode", "config-file", "port", "tls-port", "unixsocket"];
    let reason = "template format is invalid or contains unknown variables";
    let mut rest = config.general.proc_title_template.as_str();
    let mut shows_something = false;
    while let Some((before, after)) = rest.split_once('{') {
        shows_something |= !before.trim_matches(' ').is_empty();
        if let Some(after_brace) = after.strip_prefix('{') {
            shows_something = true;
            rest = after_brace;
            continue;
        }
        let (variable, after) = after.split_once('}').ok_or(reason)?;
        require(VARIABLES.contains(&variable), reason)?;
        // These are never empty; the others may be.
        shows_something |= ["listen-addr", "config-file", "port", "tls-port"].contains(&variable);
        rest = after;
    }
    shows_something |= !rest.trim_matches(' ').is_empty();
    require(shows_something, reason)
}

pub(super) fn check_shutdown(config: &Config) -> Check {
    let general = &config.general;
    let contradictory = [general.shutdown_on_sigint, general.shutdown_on_sigterm]
        .iter()
        .any(|options| options.save && options.nosave);
    require(!contradictory, "shutdown options SAVE and NOSAVE can't be used simultaneously")
}
