//! What transcripts cannot show: walks while keys come and go, busy shards, large strings.

#![expect(clippy::unwrap_used, reason = "what fails a test")]

use std::collections::HashSet;
use std::sync::Arc;

use engine::clients::ClientInfo;
use engine::config::Config;
use engine::dispatch::{Outcome, Request};
use engine::engine::Setup;
use engine::snapshot::SavedPart;
use engine::sweep::Progress;
use engine::{Engine, Session, Worker};
use resp::{Decoder, Output, OwnedArgs, Value};

/// One worker and one client.
struct Server {
    worker: Worker,
    session: Session,
}

impl Server {
    fn new() -> Server {
        Server::with(Config::default())
    }

    fn with(config: Config) -> Server {
        let setup =
            Setup { workers: 1, seed: 7, now_ms: 1_800_000_000_000, run_id: "0".repeat(40) };
        let worker = Worker::new(0, Arc::new(Engine::new(config, setup)));
        let session = Session::new(Arc::new(ClientInfo { id: 1, ..Default::default() }), 0, true);
        Server { worker, session }
    }

    fn run(&mut self, words: &[&[u8]]) -> (Outcome, Option<Value>) {
        let args = OwnedArgs::from_iter(words);
        let mut out = Output::new();
        let request = Request::new(args.as_args());
        let outcome = self.worker.execute(&mut self.session, request, &mut out);
        let decoded = Decoder::new().decode(&out.take_all()).unwrap();
        (outcome, decoded.map(|(value, _)| value))
    }

    fn ask(&mut self, command: &str) -> Value {
        let words: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        self.run(&words).1.unwrap()
    }

    /// One step of a walk: the next cursor and the keys.
    fn scan(&mut self, cursor: &str, count: usize) -> (String, Vec<String>) {
        let reply = self.ask(&format!("SCAN {cursor} COUNT {count}"));
        let text = |value: &Value| String::from_utf8(value.as_bytes().unwrap().to_vec()).unwrap();
        let parts = reply.as_slice().unwrap();
        (text(&parts[0]), parts[1].as_slice().unwrap().iter().map(text).collect())
    }
}

#[test]
fn a_walk_meets_every_key_that_stays_while_others_come_and_go() {
    let mut server = Server::new();
    for i in 0..3000 {
        server.ask(&format!("SET stays:{i} {i}"));
    }
    let (mut cursor, mut seen, mut step) = ("0".to_owned(), HashSet::new(), 0);
    loop {
        let (next, keys) = server.scan(&cursor, 25);
        seen.extend(keys);
        for i in 0..40 {
            server.ask(&format!("SET comes:{step}:{i} x"));
            server.ask(&format!("DEL comes:{}:{i}", step / 2));
        }
        step += 1;
        cursor = next;
        if cursor == "0" {
            break;
        }
    }
    assert!(step > 50, "{step} steps");
    assert!((0..3000).all(|i| seen.contains(&format!("stays:{i}"))));
}

#[test]
fn cursors_stay_below_two_to_the_63_and_a_quiet_walk_repeats_no_key() {
    let mut server = Server::new();
    for i in 0..1000 {
        server.ask(&format!("SET k:{i} {i}"));
    }
    let (mut cursor, mut all) = ("0".to_owned(), Vec::new());
    loop {
        let (next, keys) = server.scan(&cursor, 10);
        assert!(next.parse::<i64>().is_ok());
        all.extend(keys);
        cursor = next;
        if cursor == "0" {
            break;
        }
    }
    let distinct: HashSet<_> = all.iter().collect();
    assert_eq!((all.len(), distinct.len()), (1000, 1000));
}

#[test]
fn commands_that_go_through_all_shards_wait_for_a_busy_one() {
    let mut server = Server::new();
    server.ask("SET k v");
    let engine = server.worker.engine.clone();
    let held = engine.shards.lock(3).lock();
    for command in ["SCAN 0 COUNT 1000", "DBSIZE", "RANDOMKEY", "KEYS *", "FLUSHALL"] {
        let words: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        let (outcome, reply) = server.run(&words);
        assert!(matches!(outcome, Outcome::Parked) && reply.is_none(), "{command}");
    }
    drop(held);
    // Who announced that it wants every shard gets them first.
    assert_eq!(server.ask("FLUSHALL"), Value::Status(b"OK".to_vec()));
    assert_eq!(server.ask("DBSIZE"), Value::Integer(0));
}

#[test]
fn random_keys_are_all_keys_in_time() {
    let mut server = Server::new();
    for i in 0..20 {
        server.ask(&format!("SET k:{i} {i}"));
    }
    let mut counts = std::collections::HashMap::new();
    for _ in 0..4000 {
        let key = server.ask("RANDOMKEY");
        *counts.entry(key.as_bytes().unwrap().to_vec()).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 20);
    assert!(counts.values().all(|&n| n > 60), "{counts:?}");
}

#[test]
fn random_keys_are_alive_even_where_nearly_all_have_expired() {
    let mut server = Server::new();
    for i in 0..500 {
        server.ask(&format!("SET gone:{i} {i} PX 5"));
    }
    server.ask("SET alive v");
    let now_ms = server.worker.now_ms;
    server.worker.begin_turn(now_ms + 10);
    for _ in 0..20 {
        assert_eq!(server.ask("RANDOMKEY"), Value::bulk("alive"));
    }
    server.ask("DEL alive");
    assert_eq!(server.ask("RANDOMKEY"), Value::Null);
}

/// Commands with long replies, and how the elements that they show get there and change.
const LONG: [(&str, &str, &str); 10] = [
    ("LRANGE k 0 -1", "RPUSH k {}", "LSET k {} changed"),
    ("LRANGE k 17 -8", "RPUSH k {}", "LTRIM k 1 -2"),
    ("SMEMBERS k", "SADD k member:{}", "SREM k member:{}"),
    ("HGETALL k", "HSET k field:{} {}", "HSET k field:{} changed"),
    ("HKEYS k", "HSET k field:{} {}", "HDEL k field:{}"),
    ("HVALS k", "HSET k field:{} {}", "HSET k field:{} changed"),
    ("ZRANGE k 0 -1 WITHSCORES", "ZADD k {} member:{}", "ZADD k 7777 member:{}"),
    ("ZREVRANGE k 5 -7", "ZADD k {} member:{}", "ZREM k member:{}"),
    ("ZRANGEBYSCORE k 3 4444 WITHSCORES", "ZADD k {} member:{}", "ZPOPMIN k 1"),
    ("ZREVRANGEBYLEX k + - LIMIT 3 4500", "ZADD k 0 member:{}", "ZREM k member:{}"),
];

#[test]
fn a_long_reply_shows_the_value_as_it_was() {
    for (command, fill, change) in LONG {
        let mut server = Server::new();
        let ask_each = |server: &mut Server, template: &str| {
            for i in 0..5000 {
                server.ask(&template.replace("{}", &i.to_string()));
            }
        };
        ask_each(&mut server, fill);
        let now = server.ask(command);
        assert!(now.as_slice().is_some_and(|reply| reply.len() > 4400), "{command}");
        let mut early = Output::new();
        let args = OwnedArgs::from_iter(command.split(' '));
        server.worker.execute(&mut server.session, Request::new(args.as_args()), &mut early);
        assert!(early.pending_bytes() > 10_000, "it counts from the start");
        assert!(early.len() < 100, "and is not made yet");
        ask_each(&mut server, change);
        server.ask("DEL k");
        server.worker.dispose(&mut || true);
        assert_eq!(Decoder::new().decode(&early.take_all()).unwrap().unwrap().0, now, "{command}");
        drop(early);
        assert_eq!(server.worker.engine.returned.lock().len(), 1, "{command}");
        server.worker.dispose(&mut || true);
        assert!(server.worker.engine.returned.lock().is_empty());
    }
}

#[test]
fn a_reply_of_few_large_elements_is_a_long_one_too() {
    let mut server = Server::new();
    let element = vec![b'x'; 10_000];
    (0..500).for_each(|_| drop(server.run(&[b"RPUSH", b"k", &element])));
    let mut out = Output::new();
    let args = OwnedArgs::from_iter(["LRANGE", "k", "0", "-1"]);
    server.worker.execute(&mut server.session, Request::new(args.as_args()), &mut out);
    assert!(out.len() < 2_000_000, "{} bytes are made at once", out.len());
    assert!((4_000_000..8_000_000).contains(&out.pending_bytes()), "{}", out.pending_bytes());
    server.ask("DEL k");
    let reply = Decoder::new().decode(&out.take_all()).unwrap().unwrap().0;
    assert_eq!(reply, Value::Array(vec![Value::bulk(element); 500]));
}

/// Keys with large values: how they are filled, and how they change.
const LARGE: [(&str, &str, &str); 5] = [
    ("list", "RPUSH list {}", "LSET list 1 changed"),
    ("set", "SADD set member:{}", "SREM set member:1"),
    ("hash", "HSET hash field:{} {}", "HSET hash field:1 changed"),
    ("zset", "ZADD zset {} member:{}", "ZADD zset 7777 member:1"),
    ("string", "APPEND string 0123456789abcdefghij{}", "SETRANGE string 1 changed"),
];

#[test]
fn a_snapshot_has_large_values_as_they_were_and_writes_them_when_no_shard_is_held() {
    for early in [true, false] {
        let mut server = Server::new();
        let mut expected = Vec::new();
        for (key, fill, _) in LARGE {
            (0..5000).for_each(|i| drop(server.ask(&fill.replace("{}", &i.to_string()))));
            let dump = server.ask(&format!("DUMP {key}"));
            let dump = dump.as_bytes().unwrap();
            let name = [&[dump[0], key.len() as u8][..], key.as_bytes()].concat();
            let value = dump[1..dump.len() - 10].to_vec();
            expected.push((key, [&[0xFE, 0][..], &name, &value].concat()));
        }
        server.ask("SET small 1");
        server.run(&[b"BGSAVE"]);
        let mut part = SavedPart::default();
        let change = |server: &mut Server| LARGE.map(|(_, _, change)| server.ask(change));
        if early {
            change(&mut server);
        }
        assert_eq!(server.worker.sweep(&mut part, &mut || true), Progress::DoneLast);
        if !early {
            change(&mut server);
        }
        assert_eq!((part.large.len(), part.bytes.len()), (5, 11));
        for entry in &part.large {
            let mut bytes = Vec::new();
            let mut add = |piece: &[u8]| {
                bytes.extend_from_slice(piece);
                Ok::<_, ()>(())
            };
            entry.write(part.format, &mut add).unwrap();
            let found = expected.iter().find(|(key, _)| key.as_bytes() == &*entry.key).unwrap();
            assert!(bytes == found.1, "{} {early}", found.0);
        }
    }
}

#[test]
fn long_strings_change_where_they_lie_and_replies_keep_what_they_were() {
    let mut server = Server::new();
    let long = vec![b'a'; 100_000];
    server.run(&[b"SET", b"k", &long]);
    let mut before = Output::new();
    let args = OwnedArgs::from_iter(["GET", "k"]);
    server.worker.execute(&mut server.session, Request::new(args.as_args()), &mut before);
    assert_eq!(server.ask("APPEND k bcd"), Value::Integer(100_003));
    assert_eq!(server.ask("SETRANGE k 1 ZZ"), Value::Integer(100_003));
    assert_eq!(server.ask("SETBIT k 0 1"), Value::Integer(0));
    let (sent, _) = Decoder::new().decode(&before.take_all()).unwrap().unwrap();
    assert_eq!(sent, Value::bulk(long.clone()));
    let mut now = long;
    now.extend_from_slice(b"bcd");
    now[0] |= 0x80;
    now[1..3].copy_from_slice(b"ZZ");
    assert_eq!(server.ask("GET k"), Value::bulk(now.clone()));
    assert_eq!(server.ask("GETRANGE k 1 50000"), Value::bulk(&now[1..50_001]));
    assert_eq!(server.ask("COPY k l"), Value::Integer(1));
    assert_eq!(server.ask("APPEND k x"), Value::Integer(100_004));
    assert_eq!(server.ask("GETDEL l"), Value::bulk(now));
}

#[test]
fn strings_grow_up_to_the_limit_and_not_beyond() {
    let mut config = Config::default();
    config.clients.proto_max_bulk_len_bytes = 1 << 20;
    let mut server = Server::with(config);
    let refused = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
    assert_eq!(server.ask("SETRANGE k 1048575 x"), Value::Integer(1 << 20));
    for command in ["SETRANGE k 1048576 x", "APPEND k x", "SETRANGE fresh 1048575 xy"] {
        assert_eq!(server.ask(command), Value::Error(refused.into()), "{command}");
    }
    assert_eq!(server.ask("SETBIT fresh 8388607 1"), Value::Integer(0));
    let refused = "ERR bit offset is not an integer or out of range";
    assert_eq!(server.ask("SETBIT fresh 8388608 1"), Value::Error(refused.into()));
    assert_eq!(server.ask("GETBIT fresh 8388607"), Value::Integer(1));
}

#[test]
fn flushed_keys_that_a_snapshot_still_needs_are_handed_to_it() {
    let mut server = Server::new();
    for i in 0..50 {
        server.ask(&format!("SET k:{i} {i}"));
    }
    let engine = server.worker.engine.clone();
    for index in 0..engine.shards.len() {
        engine.shards.lock(index).lock().begin_snapshot();
    }
    server.ask("FLUSHDB");
    let detached: usize = (0..engine.shards.len())
        .map(|index| {
            let shard = engine.shards.lock(index).lock();
            let snapshot = shard.snapshot.as_ref().unwrap();
            snapshot.detached.iter().map(|(_, table)| table.len()).sum::<usize>()
        })
        .sum();
    assert_eq!(detached, 50);
    server.ask("FLUSHALL");
    let aborted = |index: usize| {
        engine.shards.lock(index).lock().snapshot.as_ref().is_some_and(|snapshot| snapshot.aborted)
    };
    assert!((0..engine.shards.len()).all(aborted));
}
