//! Limits of clients, descriptors and buffers: who exceeds them is refused or closed, and the
//! others are served.

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use super::bare::{Bare, wait_for_info};
use super::harness::{Client, Server};

#[test]
fn clients_beyond_the_limit_are_told_so_and_closed() {
    let server = Server::start(&["--maxclients", "3"]);
    let mut clients: Vec<Client> = (0..3).map(|_| server.connect()).collect();
    clients.iter_mut().for_each(|client| assert_eq!(client.ask("PING"), "PONG"));
    let mut refused = Bare::connect(server.port);
    assert_eq!(refused.line().as_deref(), Some("-ERR max number of clients reached"));
    assert_eq!(refused.line(), None);
    clients.pop();
    // The place is free as soon as the server has seen the end of its client.
    while !is_served(server.port) {}
    assert_eq!(clients[0].ask("PING"), "PONG");
}

fn is_served(port: u16) -> bool {
    let mut client = Bare::connect(port);
    // A server that refuses may have closed already.
    client.send_some("PING\r\n") && client.line().as_deref() == Some("+PONG")
}

#[test]
fn without_descriptors_the_connected_are_served_and_others_wait() {
    let mut server = Server::start(&[]);
    let (mut first, mut second) = (server.connect(), server.connect());
    assert_eq!((first.ask("PING"), second.ask("PING")), ("PONG".to_owned(), "PONG".to_owned()));
    let pid = server.child.id();
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).expect("a process").count() as u64;
    let pid = Pid::from_raw(pid.cast_signed()).expect("not 0");
    let limit = Rlimit { current: Some(open), maximum: None };
    let old = prlimit(Some(pid), Resource::Nofile, Rlimit { maximum: hard_limit(), ..limit });
    old.expect("the process is ours");
    let mut third = server.connect();
    third.send("PING");
    server.wait_for("Accepting client connection");
    assert_eq!(first.ask("SET key 1"), "OK");
    assert_eq!(second.ask("GET key"), "1");
    drop(second);
    assert_eq!(third.read(), Some(resp::Value::Status(b"PONG".to_vec())));
    assert_eq!(third.ask("GET key"), "1");
}

/// What this process may have, and so its children.
fn hard_limit() -> Option<u64> {
    rustix::process::getrlimit(Resource::Nofile).maximum
}

#[test]
fn a_client_whose_replies_pile_up_is_closed() {
    let limits = ["--client-output-buffer-limit", "normal 1mb 0 0"];
    let server = Server::start(&limits);
    let mut client = server.connect();
    client.ask(&format!("SET big {}", "x".repeat(1 << 19)));
    let mut silent = Bare::connect(server.port);
    silent.send(&"GET big\r\n".repeat(400));
    wait_for_info(&server, "connected_clients", "2");
    assert!(silent.drain() < 400 << 19);
    assert_eq!(client.ask("PING"), "PONG");
}

#[test]
fn a_subscriber_that_does_not_read_is_closed() {
    let limits = ["--client-output-buffer-limit", "pubsub 1mb 0 0"];
    let server = Server::start(&limits);
    let mut silent = Bare::connect(server.port);
    silent.send("SUBSCRIBE news\r\n");
    let mut client = server.connect();
    let publish = format!("PUBLISH news {}", "x".repeat(100_000));
    while client.ask(&publish) == "0" {}
    while client.ask(&publish) == "1" {}
    wait_for_info(&server, "connected_clients", "2");
}
