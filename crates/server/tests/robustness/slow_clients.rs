//! Clients that read nothing, write byte by byte or go away halfway: others do not notice.

use super::bare::{Bare, wait_for_info};
use super::harness::Server;

/// One worker, so that the clients share it.
const ONE: [&str; 2] = ["--workers", "1"];

#[test]
fn a_client_that_reads_nothing_holds_up_nobody() {
    let server = Server::start(&ONE);
    let mut client = server.connect();
    client.ask(&format!("SET big {}", "x".repeat(1 << 20)));
    let mut silent = Bare::connect(server.port);
    silent.send(&"GET big\r\n".repeat(100));
    for _ in 0..1000 {
        assert_eq!(client.ask("PING"), "PONG");
    }
    for _ in 0..100 {
        assert_eq!(silent.line().as_deref(), Some("$1048576"));
        let value = silent.bytes((1 << 20) + 2);
        assert!(value.ends_with(b"xx\r\n"));
    }
}

#[test]
fn a_command_may_come_byte_by_byte_between_those_of_others() {
    let server = Server::start(&ONE);
    let mut client = server.connect();
    let mut slow = Bare::connect(server.port);
    for byte in "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r".chars() {
        slow.send(&byte.to_string());
        assert_eq!(client.ask("GET key"), "");
    }
    slow.send("\n");
    assert_eq!(slow.line().as_deref(), Some("+OK"));
    assert_eq!(client.ask("GET key"), "value");
}

#[test]
fn a_client_that_goes_away_inside_a_command_leaves_nothing() {
    let server = Server::start(&ONE);
    let mut client = server.connect();
    let rests =
        ["*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nva", "*", "SET key", "*2\r\n$100000\r\nabc"];
    for unfinished in rests {
        let mut other = Bare::connect(server.port);
        other.run("PING\r\n");
        other.send(unfinished);
    }
    let mut in_transaction = Bare::connect(server.port);
    in_transaction.send("WATCH key\r\nMULTI\r\nSET key 1\r\n");
    while in_transaction.line().expect("a reply") != "+QUEUED" {}
    drop(in_transaction);
    let mut waiting = Bare::connect(server.port);
    waiting.send("BLPOP key 0\r\n");
    wait_for_info(&server, "blocked_clients", "1");
    drop(waiting);
    wait_for_info(&server, "connected_clients", "2");
    assert_eq!(client.ask("DBSIZE"), "0");
    assert_eq!(client.ask("RPUSH key a"), "1");
    assert_eq!(client.ask("LRANGE key 0 -1"), "a");
}

#[test]
fn commands_before_the_end_of_a_connection_still_run() {
    let server = Server::start(&ONE);
    let mut other = Bare::connect(server.port);
    other.send("SET key 1\r\nINCR key\r\nINCR k");
    drop(other);
    let mut client = server.connect();
    while client.ask("GET key") != "2" {}
}
