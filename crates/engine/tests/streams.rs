//! Reads of many entries, which are written as they are sent, tell the same as those of few.

#![expect(clippy::unwrap_used, reason = "what fails a test")]

use std::sync::Arc;

use engine::clients::ClientInfo;
use engine::config::Config;
use engine::dispatch::Request;
use engine::engine::Setup;
use engine::letter::Letter;
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

/// How many entries of one field follow number `first` within so many bytes of a reply.
fn within(bytes: usize, first: usize, facts: usize) -> usize {
    let bulk = |len: usize| len.to_string().len() + len + 5;
    let mut left = bytes;
    let mut numbers = (first..=MANY).take_while(|n| {
        let digits = n.to_string().len();
        let one = 4 + bulk(digits + 2) + 4 + bulk("field".len()) + bulk(digits) + facts;
        let takes = left > 0;
        left = left.saturating_sub(one);
        takes
    });
    numbers.by_ref().count()
}

#[test]
fn a_limit_of_bytes_is_the_same_where_entries_are_written_later() {
    let mut server = Server::new();
    for bytes in [1, 40_000, 70_000, 90_001, 90_040] {
        let read = server.read(&format!("XREAD MAXSIZE {bytes} STREAMS s 0")).remove(0);
        let expected = within(bytes, 1, 0);
        assert_eq!(read, server.ask(&format!("XRANGE s - + COUNT {expected}")), "{bytes}");
    }
    let mut next = 1;
    while next <= MANY {
        let command = "XREADGROUP GROUP g a MAXSIZE 70000 STREAMS s >";
        let read = server.read(command).remove(0);
        let count = within(70_000, next, 0);
        let expected = server.ask(&format!("XRANGE s {next} + COUNT {count}"));
        assert_eq!(read, expected);
        next += count;
    }
    let again = server.read("XREADGROUP GROUP g a MAXSIZE 70000 STREAMS s 500-1").remove(0);
    let count = within(70_000, 501, 0);
    assert_eq!(again, server.ask(&format!("XRANGE s 501 + COUNT {count}")));
    // Each null of a deleted entry has five bytes, or three.
    server.ask("XTRIM s MAXLEN 0");
    for (hello, null) in [("HELLO 2", 5), ("HELLO 3", 3)] {
        server.ask(hello);
        let reply = server.ask("XREADGROUP GROUP g a MAXSIZE 50000 STREAMS s 0");
        let gone = match &reply {
            Value::Map(streams) => streams[0].1.clone(),
            reply => reply.as_slice().unwrap()[0].as_slice().unwrap()[1].clone(),
        };
        let one = |n: usize| 4 + 8 + n.to_string().len() + null;
        let mut left = 50_000;
        let fit = (1..=MANY).take_while(|n| {
            let takes = left > 0;
            left = usize::saturating_sub(left, one(*n));
            takes
        });
        assert_eq!(gone.as_slice().unwrap().len(), fit.count(), "{hello}");
    }
}

#[test]
fn what_is_claimed_is_written_later_with_its_facts() {
    let mut server = Server::new();
    server.read("XREADGROUP GROUP g a COUNT 2000 STREAMS s >");
    server.ask("XDEL s 5-1 1500-1");
    server.worker.begin_turn(1_800_000_001_000);
    let all = server.ask("XRANGE s - +");
    let read = server.read("XREADGROUP GROUP g b CLAIM 500 STREAMS s >").remove(0);
    let (all, read) = (all.as_slice().unwrap(), read.as_slice().unwrap());
    assert_eq!((all.len(), read.len()), (MANY - 2, MANY - 2));
    for (index, (entry, read)) in all.iter().zip(read).enumerate() {
        let read = read.as_slice().unwrap();
        assert_eq!(read[..2], *entry.as_slice().unwrap());
        let facts = if index < 1998 { [1000, 1] } else { [0, 0] };
        assert_eq!(read[2..], facts.map(Value::Integer));
    }
    let bytes = 90_000;
    server.worker.begin_turn(1_800_000_002_000);
    let read = server.read(&format!("XREADGROUP GROUP g a CLAIM 9 MAXSIZE {bytes} STREAMS s >"));
    // One digit for how often it was pending, four for how long.
    let expected = within(bytes, 1, 4 + 7) - 1;
    assert!(read[0].as_slice().unwrap().len().abs_diff(expected) <= 1);
}

/// Sends all of an output, and gives the longest piece with it.
fn send(mut out: Output) -> (Vec<u8>, usize) {
    let (mut sent, mut longest) = (Vec::new(), 0);
    loop {
        out.make_piece();
        let mut slices = [std::io::IoSlice::new(&[]); 16];
        let filled = out.io_slices(&mut slices, usize::MAX);
        let piece: Vec<u8> = slices[..filled].iter().flat_map(|slice| slice.to_vec()).collect();
        if piece.is_empty() {
            return (sent, longest);
        }
        out.advance(piece.len());
        // What lies before the long reply was not made as a piece.
        longest = if sent.is_empty() { 0 } else { piece.len().max(longest) };
        sent.extend_from_slice(&piece);
    }
}

#[test]
fn pieces_are_short_where_elements_are_long() {
    let mut server = Server::new();
    let long = "x".repeat(3000);
    for n in 1..=1100 {
        server.ask(&format!("XADD wide {n} f {long}"));
        server.ask(&format!("RPUSH list {n}{long}"));
        server.ask(&format!("ZADD zset {n} {n}{long}"));
    }
    server.ask("XGROUP CREATE wide g 0");
    let commands = [
        "XRANGE wide - +",
        "XREVRANGE wide + - COUNT 200",
        "XREAD COUNT 200 STREAMS wide 0",
        "XREAD MAXSIZE 1000000 STREAMS wide 0",
        "XREADGROUP GROUP g a COUNT 300 STREAMS wide >",
        "XREADGROUP GROUP g a STREAMS wide 0",
        "XREADGROUP GROUP g a CLAIM 0 STREAMS wide >",
        "LRANGE list 0 -1",
        "LRANGE list 10 500",
        "ZRANGE zset 0 -1",
        "ZREVRANGE zset 0 -1 WITHSCORES",
        "ZRANGEBYLEX zset - + LIMIT 3 500",
    ];
    for command in commands {
        let args: OwnedArgs = command.split(' ').map(str::as_bytes).collect();
        let mut out = Output::new();
        server.worker.execute(&mut server.session, Request::new(args.as_args()), &mut out);
        assert!(out.len() < 400_000, "{command}: {} bytes at once", out.len());
        assert!(out.promised_after(0) > 100_000, "{command}");
        let (sent, longest) = send(out);
        assert!(longest < 80_000, "{command}: a piece of {longest} bytes");
        let (_, used) = Decoder::new().decode(&sent).unwrap().unwrap();
        assert_eq!(used, sent.len(), "{command}");
    }
}

#[test]
fn who_waited_gets_many_entries_piece_by_piece() {
    for command in ["XREAD BLOCK 0 STREAMS w 0", "XREADGROUP GROUP g b BLOCK 0 STREAMS w >"] {
        let mut server = Server::new();
        server.ask("XGROUP CREATE w g 0 MKSTREAM");
        let info = ClientInfo { id: 2, ..Default::default() };
        let mut waiting = Session::new(Arc::new(info), 0, true);
        let args: OwnedArgs = command.split(' ').map(str::as_bytes).collect();
        let mut out = Output::new();
        server.worker.execute(&mut waiting, Request::new(args.as_args()), &mut out);
        assert!(out.is_empty());
        let all = server.ask("XRANGE s - +");
        server.ask("RENAME s w");
        let (_, letter) = server.worker.outbox.letters.remove(0);
        let Letter::Unblocked { client: 2, reply, .. } = letter else { panic!("{letter:?}") };
        assert!(reply.promised_after(0) > 10_000);
        let mut out = Output::from(b"+OK\r\n".to_vec());
        out.append(*reply);
        let (sent, _) = send(out);
        let read = Decoder::new().decode(&sent[5..]).unwrap().unwrap().0;
        let stream = &read.as_slice().unwrap()[0];
        assert_eq!(stream.as_slice().unwrap()[1], all, "{command}");
    }
}
