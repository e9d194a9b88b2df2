//! What a replica is sent by `SYNC`: the changes of concurrent writers, in one order, transactions
//! in one piece, equal in effect.

use std::fmt::Write;

use resp::{Decoder, Value};

use super::bare::{Bare, info, wait_for_info};
use super::harness::{Client, Server};

const WRITERS: u64 = 3;
const ROUNDS: u64 = 300;

/// Commands in words, and the bytes that they came in.
struct Feed {
    commands: Vec<Vec<String>>,
    bytes: Vec<u8>,
}

/// A client that has become a replica.
fn sync(server: &Server) -> Bare {
    let mut replica = Bare::connect(server.port);
    replica.send("SYNC\r\n");
    let header = replica.line().expect("a file");
    let len = header.strip_prefix('$').and_then(|len| len.parse().ok()).expect("its length");
    assert!(replica.bytes(len).starts_with(b"REDIS"));
    replica
}

/// Reads up to the command that sets the key `end`.
fn read_to_end(mut replica: Bare) -> Feed {
    let mut feed = Feed { commands: Vec::new(), bytes: Vec::new() };
    let mut pending = Vec::new();
    loop {
        pending.extend(replica.line().expect("the feed goes on").into_bytes());
        pending.extend_from_slice(b"\r\n");
        let Ok(Some((value, used))) = Decoder::new().decode(&pending) else { continue };
        assert_eq!(used, pending.len());
        let words = value.as_slice().unwrap_or_default().iter().map(word);
        let words: Vec<String> = words.collect();
        feed.bytes.append(&mut pending);
        let last = words[0] == "SET" && words[1] == "end";
        feed.commands.push(words);
        if last {
            return feed;
        }
    }
}

fn word(value: &Value) -> String {
    String::from_utf8_lossy(value.as_bytes().unwrap_or_default()).into_owned()
}

/// A transaction of a writer in its own database, and commands of all in one.
fn write(port: u16, writer: u64) {
    let mut client = Bare::connect(port);
    for n in 1..=ROUNDS {
        let mut commands = String::new();
        write!(
            commands,
            "SELECT {writer}\r\nMULTI\r\nSET a {writer}:{n}\r\nINCR total\r\nRPUSH list {n}\r\n\
             EXEC\r\nSELECT 9\r\nINCR total\r\nSET last:{writer} {n}\r\nSADD set {writer}:{n}\r\n\
             DEL last:{}\r\n",
            (writer + 1) % WRITERS
        )
        .expect("a string takes everything");
        client.run(&commands);
    }
}

/// A server that several clients wrote to at once, and what its replica was sent.
fn fed() -> (Server, Feed) {
    let server = Server::start(&["--enable-debug-command", "yes"]);
    let (port, replica) = (server.port, sync(&server));
    let feed = std::thread::scope(|scope| {
        let reader = scope.spawn(|| read_to_end(replica));
        let writers = (0..WRITERS).map(|writer| scope.spawn(move || write(port, writer)));
        let writers: Vec<_> = writers.collect();
        writers.into_iter().for_each(|writer| writer.join().expect("it wrote all"));
        server.connect().ask("SET end 1");
        reader.join().expect("the feed is whole")
    });
    (server, feed)
}

#[test]
fn a_feed_applied_elsewhere_gives_the_same_keys() {
    let (server, feed) = fed();
    let other = Server::start(&["--enable-debug-command", "yes"]);
    let mut replayed = Bare::connect(other.port);
    replayed.send(&String::from_utf8(feed.bytes).expect("the words were texts"));
    let mut client = other.connect();
    while client.ask("GET end") != "1" {}
    let digest = client.ask("DEBUG DIGEST");
    assert_eq!(digest, server.connect().ask("DEBUG DIGEST"));
    assert_ne!(digest, "0".repeat(40));
}

#[test]
fn a_feed_keeps_transactions_in_one_piece_and_counts_in_order() {
    let (_, feed) = fed();
    let first = feed.commands.iter().find(|words| words[0] != "MULTI");
    assert!(first.is_some_and(|words| words[0] == "SELECT"));
    let mut commands = feed.commands.iter().filter(|words| words[0] != "SELECT");
    let mut counts = [0; WRITERS as usize];
    while let Some(words) = commands.next() {
        if words[0] != "MULTI" {
            continue;
        }
        let inside: Vec<_> = commands.by_ref().take_while(|words| words[0] != "EXEC").collect();
        let [set, incr, push] = inside.as_slice() else { panic!("{inside:?}") };
        let (writer, n) = set[2].split_once(':').expect("writer:n");
        let writer: usize = writer.parse().expect("a number");
        counts[writer] += 1;
        assert_eq!(n, counts[writer].to_string());
        assert_eq!((incr[1].as_str(), push[1].as_str(), push[2].as_str()), ("total", "list", n));
    }
    assert_eq!(counts, [ROUNDS; WRITERS as usize]);
}

#[test]
fn a_large_feed_comes_whole_even_if_nothing_follows_it() {
    let server = Server::start(&["--client-output-buffer-limit", "replica 0 0 0"]);
    let replica = sync(&server);
    let mut client = server.connect();
    let value = "x".repeat(1_200_000);
    for n in 0..10 {
        assert_eq!(client.ask(&format!("SET key:{n} {value}")), "OK");
    }
    assert_eq!(client.ask(&format!("SET end {value}")), "OK");
    let feed = read_to_end(replica);
    let sets = feed.commands.iter().filter(|words| words[0] == "SET" && words[2] == value);
    assert_eq!(sets.count(), 11);
}

#[test]
fn the_log_stands_still_once_its_last_replica_has_gone() {
    let server = Server::start(&[]);
    let (replica, mut client) = (sync(&server), server.connect());
    let end = |client: &mut Client| info(client, "master_repl_offset");
    assert_eq!(client.ask("SET a 1"), "OK");
    assert_ne!(end(&mut client), "0");
    drop(replica);
    wait_for_info(&server, "connected_slaves", "0");
    loop {
        let before = end(&mut client);
        assert_eq!(client.ask("SET a 2"), "OK");
        if end(&mut client) == before {
            break;
        }
    }
}
