//! Fields of hashes leave on time by themselves, wherever their hashes have gone meanwhile.

#![expect(clippy::unwrap_used, reason = "what fails a test")]

use std::sync::Arc;

use engine::clients::ClientInfo;
use engine::config::Config;
use engine::dispatch::Request;
use engine::engine::Setup;
use engine::snapshot::SavedPart;
use engine::{Engine, Session, Worker};
use resp::{Decoder, Output, OwnedArgs, Value};

const START_MS: u64 = 1_800_000_000_000;
const OBSERVER: u64 = 99;

/// One worker and one client.
struct Server {
    worker: Worker,
    session: Session,
}

impl Server {
    fn new() -> Server {
        let setup = Setup { workers: 1, seed: 7, now_ms: START_MS, run_id: "0".repeat(40) };
        let worker = Worker::new(0, Arc::new(Engine::new(Config::default(), setup)));
        worker.engine.log.attach(OBSERVER);
        let session = Session::new(Arc::new(ClientInfo { id: 1, ..Default::default() }), 0, true);
        Server { worker, session }
    }

    fn run(&mut self, words: &[&[u8]]) -> Value {
        let args = OwnedArgs::from_iter(words);
        let mut out = Output::new();
        self.worker.execute(&mut self.session, Request::new(args.as_args()), &mut out);
        Decoder::new().decode(&out.take_all()).unwrap().unwrap().0
    }

    fn ask(&mut self, command: &str) -> Value {
        let words: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        self.run(&words)
    }

    /// Lets so much time pass, and what is due go; says in how many slices.
    fn wait(&mut self, ms: u64) -> usize {
        self.worker.begin_turn(self.worker.now_ms + ms);
        let mut slices = 1;
        while self.worker.expire_cycle(&mut || true) {
            slices += 1;
        }
        slices
    }

    /// What was logged since the last look.
    fn logged(&mut self) -> String {
        let mut bytes = Vec::new();
        self.worker
            .engine
            .log
            .read(OBSERVER, usize::MAX, &mut |part| bytes.extend_from_slice(part));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn info(&mut self, section: &str, field: &str) -> Option<String> {
        let text = self.ask(&format!("INFO {section}"));
        let text = String::from_utf8(text.as_bytes().unwrap().to_vec()).unwrap();
        text.lines().find_map(|line| line.strip_prefix(&format!("{field}:")).map(str::to_owned))
    }
}

#[test]
fn fields_leave_on_time_wherever_their_hashes_have_gone() {
    let mut server = Server::new();
    // The last one is a table, the others are blocks.
    server.ask("CONFIG SET hash-max-listpack-entries 5");
    for (key, fields) in [("renamed", 2), ("moved", 2), ("copied", 2), ("stays", 2), ("large", 9)] {
        for field in 0..fields {
            server.ask(&format!("HSETEX {key} PX 500 FIELDS 1 f{field} v"));
        }
        server.ask(&format!("HSET {key} for ever"));
    }
    server.ask("SET replaced v");
    server.ask("RENAME renamed there");
    server.ask("MOVE moved 1");
    server.ask("COPY copied copy");
    server.ask("COPY stays replaced REPLACE");
    let payload = server.ask("DUMP large");
    server.run(&[b"RESTORE", b"restored", b"0", payload.as_bytes().unwrap()]);
    server.ask("SWAPDB 0 1");
    assert_eq!(
        server.info("keyspace", "db1").unwrap(),
        "keys=7,expires=0,avg_ttl=0,keys_with_volatile_items=7"
    );
    server.wait(400);
    server.ask("SELECT 1");
    assert_eq!(server.ask("HLEN large"), Value::Integer(10));
    server.wait(160);
    for key in ["there", "copied", "copy", "stays", "replaced", "large", "restored"] {
        assert_eq!(server.ask(&format!("HLEN {key}")), Value::Integer(1), "{key}");
    }
    server.ask("SELECT 0");
    assert_eq!(server.ask("HLEN moved"), Value::Integer(1));
    assert_eq!(server.info("stats", "expired_fields").unwrap(), "30");
    assert_eq!(
        server.info("keyspace", "db1").unwrap(),
        "keys=7,expires=0,avg_ttl=0,keys_with_volatile_items=0"
    );
}

#[test]
fn a_hash_goes_with_its_last_field_and_the_log_says_which_fields_went() {
    let mut server = Server::new();
    server.ask("HSETEX h PX 100 FIELDS 2 a 1 b 2");
    server.ask("HSETEX flushed PX 100 FIELDS 1 a 1");
    server.ask("SELECT 3");
    server.ask("HSETEX flushed PX 100 FIELDS 1 a 1");
    server.ask("FLUSHDB");
    server.ask("SELECT 0");
    server.ask("DEL flushed");
    server.logged();
    server.wait(99);
    assert_eq!((server.ask("EXISTS h"), server.logged()), (Value::Integer(1), String::new()));
    server.wait(60);
    assert_eq!(server.ask("EXISTS h"), Value::Integer(0));
    let logged = server.logged();
    let expected = "*4\r\n$4\r\nHDEL\r\n$1\r\nh\r\n$1\r\na\r\n$1\r\nb\r\n";
    assert!(logged.ends_with(expected), "{logged}");
    assert_eq!(server.info("keyspace", "db0"), None);
}

#[test]
fn many_fields_that_are_due_at_once_leave_in_slices() {
    let mut server = Server::new();
    for number in 0..3000 {
        server.ask(&format!("HSETEX h PX 50 FIELDS 1 field:{number} v"));
    }
    server.ask("HSET h for ever");
    assert!(server.wait(150) > 10);
    assert_eq!(server.ask("HLEN h"), Value::Integer(1));
}

#[test]
fn nothing_leaves_while_clients_are_paused() {
    let mut server = Server::new();
    server.ask("HSETEX h PX 50 FIELDS 2 a 1 b 2");
    server.ask("CLIENT PAUSE 1000 WRITE");
    server.wait(300);
    assert_eq!(server.ask("HLEN h"), Value::Integer(2));
    assert_eq!(server.ask("HGETALL h").as_slice().map_or(0, <[Value]>::len), 0);
}

#[test]
fn a_snapshot_has_the_fields_that_leave_while_it_is_taken() {
    let mut server = Server::new();
    server.ask("HSETEX h PX 50 FIELDS 2 a 1 b 2");
    server.ask("BGSAVE");
    server.wait(300);
    assert_eq!(server.ask("EXISTS h"), Value::Integer(0));
    let mut out = SavedPart::default();
    server.worker.sweep(&mut out, &mut || true);
    assert!(out.bytes.windows(2).any(|pair| pair == [1, b'h']), "{}", out.bytes.escape_ascii());
    assert_eq!(
        server.worker.engine.snapshots.version.load(std::sync::atomic::Ordering::Relaxed),
        80
    );
}

#[test]
fn long_replies_leave_out_what_is_past_its_deadline() {
    let mut server = Server::new();
    for number in 0..3000 {
        server.ask(&format!("HSETEX h PX {} FIELDS 1 f{number} v", 50 + number % 2 * 900));
    }
    server.worker.begin_turn(START_MS + 100);
    assert_eq!(server.ask("HLEN h"), Value::Integer(3000));
    let len = |value: Value| value.as_slice().map_or(0, <[Value]>::len);
    assert_eq!(len(server.ask("HKEYS h")), 1500);
    assert_eq!(len(server.ask("HVALS h")), 1500);
    assert_eq!(len(server.ask("HGETALL h")), 3000);
    assert_eq!(len(server.ask("HRANDFIELD h 5000")), 1500);
    assert_eq!(len(server.ask("HRANDFIELD h -50")), 50);
}

#[test]
fn payloads_take_the_form_that_the_setting_names() {
    let mut server = Server::new();
    server.ask("HSETEX h PXAT 1900000000000 FIELDS 2 a 1 b 2");
    server.ask("HSET h c 3");
    for (format, kind, version) in [("valkey", 22, 80), ("redis", 24, 12)] {
        server.ask(&format!("CONFIG SET rdb-format {format}"));
        let payload = server.ask("DUMP h");
        let payload = payload.as_bytes().unwrap();
        assert_eq!((payload[0], payload[payload.len() - 10]), (kind, version), "{format}");
        server.run(&[b"RESTORE", b"copy", b"0", payload, b"REPLACE"]);
        let moment = Value::Integer(1_900_000_000_000);
        let times = server.ask("HPEXPIRETIME copy FIELDS 3 a b c");
        assert_eq!(times.as_slice().unwrap(), [moment.clone(), moment, Value::Integer(-1)]);
    }
}
