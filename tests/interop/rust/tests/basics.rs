//! The redis crate connects, and the everyday commands work in both versions of the protocol.
#![forbid(unsafe_code)]

use interop::{Server, wait_until};
use redis::{Commands, Connection, ErrorKind, Pipeline, RedisResult, ServerErrorKind};
use std::collections::HashSet;
use std::thread;

/// Runs a check once with each version of the protocol, each time on an empty server.
fn both(name: &str, check: impl Fn(&mut Connection)) {
    let server = Server::start(name);
    check(&mut server.connect());
    let _: () = server.connect().flushall().unwrap();
    check(&mut server.connect_resp3());
}

#[test]
fn strings_are_set_read_counted_and_deleted() {
    both("strings", |con| {
        let _: () = con.set("a", 41).unwrap();
        assert_eq!(con.incr::<_, _, i64>("a", 1).unwrap(), 42);
        assert_eq!(con.get::<_, String>("a").unwrap(), "42");
        let _: () = con.mset(&[("b", "2"), ("c", "3")]).unwrap();
        let values: Vec<Option<String>> = con.mget(&["b", "c", "missing"]).unwrap();
        assert_eq!(values, [Some("2".into()), Some("3".into()), None]);
        assert_eq!(con.del::<_, i64>(&["a", "b", "missing"]).unwrap(), 2);
        assert_eq!(con.get::<_, Option<String>>("a").unwrap(), None);
    });
}

#[test]
fn bytes_come_back_as_they_were() {
    both("bytes", |con| {
        let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let _: () = con.set("bytes", &bytes).unwrap();
        assert_eq!(con.get::<_, Vec<u8>>("bytes").unwrap(), bytes);
    });
}

#[test]
fn a_value_goes_when_its_time_is_over() {
    both("expiry", |con| {
        let _: () = con.pset_ex("a", "1", 30).unwrap();
        wait_until(|| con.get::<_, Option<String>>("a").unwrap().is_none());
        let _: () = con.set_ex("b", "1", 100).unwrap();
        assert!((1..=100).contains(&con.ttl::<_, i64>("b").unwrap()));
    });
}

#[test]
fn a_pipeline_answers_in_order() {
    both("pipeline", |con| {
        let mut pipe = Pipeline::new();
        for n in 0..1000 {
            pipe.set(format!("key:{n}"), n).ignore().get(format!("key:{n}"));
        }
        let values: Vec<i64> = pipe.query(con).unwrap();
        assert_eq!(values, (0..1000).collect::<Vec<_>>());
    });
}

#[test]
fn a_transaction_is_run_again_when_a_watched_key_changed() {
    let server = Server::start("watch");
    let (mut con, mut other) = (server.connect(), server.connect());
    let mut attempts = 0;
    let (value,): (i64,) = redis::transaction(&mut con, &["n"], |con, pipe| {
        attempts += 1;
        let value: Option<i64> = con.get("n")?;
        if attempts == 1 {
            let _: () = other.set("n", 10)?;
        }
        pipe.set("n", value.unwrap_or(0) + 1).ignore().get("n").query(con)
    })
    .unwrap();
    assert_eq!((attempts, value), (2, 11));
}

#[test]
fn lists_and_sets_keep_what_they_are_given() {
    both("collections", |con| {
        assert_eq!(con.rpush::<_, _, i64>("list", &["a", "b", "c"]).unwrap(), 3);
        assert_eq!(con.lrange::<_, Vec<String>>("list", 0, -1).unwrap(), ["a", "b", "c"]);
        assert_eq!(con.sadd::<_, _, i64>("set", &["x", "y", "x"]).unwrap(), 2);
        let members: HashSet<String> = con.smembers("set").unwrap();
        assert_eq!(members, HashSet::from(["x".into(), "y".into()]));
    });
}

#[test]
fn a_waiting_client_gets_the_element_that_comes() {
    let server = Server::start("blocking");
    let (mut waiting, mut pushing) = (server.connect(), server.connect());
    let job = thread::spawn(move || waiting.blpop::<_, (String, String)>("queue", 20.0));
    wait_until(|| {
        let info: String = redis::cmd("INFO").arg("clients").query(&mut pushing).unwrap();
        info.contains("blocked_clients:1")
    });
    let _: () = pushing.rpush("queue", "work").unwrap();
    assert_eq!(job.join().unwrap().unwrap(), ("queue".into(), "work".into()));
}

#[test]
fn a_message_reaches_its_subscriber() {
    let server = Server::start("pubsub");
    let (mut subscriber, mut publisher) = (server.connect(), server.connect());
    let mut subscription = subscriber.as_pubsub();
    subscription.subscribe("news").unwrap();
    assert_eq!(publisher.publish::<_, _, i64>("news", "hello").unwrap(), 1);
    let message = subscription.get_message().unwrap();
    assert_eq!(message.get_channel_name(), "news");
    assert_eq!(message.get_payload::<String>().unwrap(), "hello");
}

#[test]
fn every_key_is_scanned_once() {
    both("scan", |con| {
        let mut pipe = Pipeline::new();
        for n in 0..3000 {
            pipe.set(n, "x").ignore();
        }
        let _: () = pipe.query(con).unwrap();
        let names: RedisResult<Vec<i64>> = con.scan().unwrap().collect();
        let mut names = names.unwrap();
        names.sort_unstable();
        assert_eq!(names, (0..3000).collect::<Vec<_>>());
    });
}

#[test]
fn a_script_runs_by_its_digest() {
    both("script", |con| {
        let script = redis::Script::new("return redis.call('incrby', KEYS[1], ARGV[1])");
        assert_eq!(script.key("n").arg(5).invoke::<i64>(con).unwrap(), 5);
        assert_eq!(script.key("n").arg(5).invoke::<i64>(con).unwrap(), 10);
    });
}

#[test]
fn an_error_names_its_kind() {
    both("errors", |con| {
        let _: () = con.rpush("list", "x").unwrap();
        let error = con.get::<_, String>("list").unwrap_err();
        assert_eq!(error.code(), Some("WRONGTYPE"));
        let _: () = con.set("words", "x").unwrap();
        let error = con.incr::<_, _, i64>("words", 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Server(ServerErrorKind::ResponseError));
    });
}
