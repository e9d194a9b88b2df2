//! Reads of many entries, which are written as they are sent, tell the same as those of few.

#![expect(clippy::unwrap_used, reason = "what fails a test")]

use std::sync::Arc;

use engine::clients::ClientInfo;
use engine::config::Config;
use engine::dispatch::Request;
use engine::engine::Setup;
use engine::{Engine, Session, Worker};
use resp::{Decoder, Output, OwnedArgs, Value};

/// More than what is written at once.
const MANY: usize = 3000;

/// One worker and one client.
struct Server {
    worker: Worker,
    session: Session,
}

impl Server {
    /// With a stream of many entries, and a group that was given none of them.
    fn new() -> Server {
        let now_ms = 1_800_000_000_000;
        let setup = Setup { workers: 1, seed: 7, now_ms, run_id: "0".repeat(40) };
        let worker = Worker::new(0, Arc::new(Engine::new(Config::default(), setup)));
        let session = Session::new(Arc::new(ClientInfo { id: 1, ..Default::default() }), 0, true);
        let mut server = Server { worker, session };
        (1..=MANY).for_each(|n| drop(server.ask(&format!("XADD s {n}-1 field {n}"))));
        server.ask("XGROUP CREATE s g 0");
        server
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

    /// What is read of each stream.
    fn read(&mut self, command: &str) -> Vec<Value> {
        let reply = self.ask(command);
        let streams = reply.as_slice().unwrap().iter();
        streams.map(|stream| stream.as_slice().unwrap()[1].clone()).collect()
    }
}

#[test]
fn many_entries_are_read_as_a_range_has_them() {
    let mut server = Server::new();
    let all = server.ask("XRANGE s - +");
    let some = server.ask("XRANGE s 11 + COUNT 2000");
    assert_eq!(all.as_slice().unwrap().len(), MANY);
    assert_eq!(server.read("XREAD STREAMS s 0").remove(0), all);
    let read = server.read("XREAD COUNT 2000 STREAMS s s s 10-1 2999-1 10-1");
    assert_eq!(read, [some.clone(), server.ask("XRANGE s 3000 +"), some]);
    assert_eq!(server.read("XREADGROUP GROUP g a STREAMS s >"), [all]);
}

#[test]
fn a_limit_for_all_streams_counts_what_is_long() {
    let mut server = Server::new();
    let read = server.read("XREAD MAXCOUNT 3500 STREAMS s s 0 0");
    assert_eq!(read.iter().map(|of| of.as_slice().unwrap().len()).sum::<usize>(), 3500);
    let read = server.read("XREAD MAXCOUNT 3000 STREAMS s s 0 0");
    assert_eq!(read.len(), 1);
}

#[test]
fn a_long_history_has_what_is_gone_and_counts_deliveries() {
    let mut server = Server::new();
    server.read("XREADGROUP GROUP g a COUNT 2500 STREAMS s >");
    server.ask("XDEL s 12-1");
    let history = server.read("XREADGROUP GROUP g a STREAMS s 10-1").remove(0);
    let (history, range) = (history.as_slice().unwrap(), server.ask("XRANGE s 11 2500"));
    assert_eq!(history.len(), 2490);
    assert_eq!(history[1].as_slice().unwrap()[1], Value::Null);
    let there: Vec<Value> = history.iter().filter(|entry| **entry != history[1]).cloned().collect();
    assert_eq!(there, range.as_slice().unwrap());
    let pending = server.ask("XPENDING s g 10-1 13-1 10");
    let counts = pending.as_slice().unwrap().iter().map(|of| of.as_slice().unwrap()[3].clone());
    assert_eq!(counts.collect::<Vec<_>>(), [1, 2, 1, 2].map(Value::Integer));
}

#[test]
fn many_consumers_are_dumped_piece_by_piece() {
    let mut server = Server::new();
    (0..MANY).for_each(|n| drop(server.ask(&format!("XGROUP CREATECONSUMER s g c{n}"))));
    server.read("XREADGROUP GROUP g c7 STREAMS s >");
    for n in 0..20 {
        server.ask(&format!("XGROUP CREATE s g{n} 5"));
        server.read(&format!("XREADGROUP GROUP g{n} a COUNT {} STREAMS s >", n * 100 + 1));
    }
    let payload = server.ask("DUMP s");
    let payload = payload.as_bytes().unwrap();
    assert_eq!(server.run(&[b"RESTORE", b"t", b"0", payload]), Value::Status(b"OK".to_vec()));
    let [ours, theirs] =
        ["s", "t"].map(|key| server.ask(&format!("XINFO STREAM {key} FULL COUNT 0")));
    assert_eq!(ours, theirs);
}
