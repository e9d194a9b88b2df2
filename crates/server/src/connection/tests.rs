//! Replies leave when the log allows it: connections over pairs of sockets, whose log a reader
//! holds back.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::sync::Arc;

use engine::clients::ClientInfo;
use engine::config::Config;
use engine::engine::Setup;
use engine::letter::Letter;
use engine::script::NoPump;
use engine::{Engine, Session, Worker};
use resp::Reply;

use super::{Connection, Desk, Hold, Next};
use crate::socket::Socket;

const READER: u64 = 1;
const NOW_MS: u64 = 1_800_000_000_000;

/// A connection, the worker that serves it and the client at its other end.
struct Pair {
    worker: Rc<RefCell<Worker>>,
    engine: Arc<Engine>,
    connection: Connection,
    client: UnixStream,
    desk: Desk,
}

impl Pair {
    fn new() -> Pair {
        let run_id = "0".repeat(40);
        let setup = Setup { workers: 1, seed: 1, now_ms: NOW_MS, run_id };
        let config = Config::default();
        let engine = Arc::new(Engine::new(config, setup));
        engine.log.attach(READER);
        engine.log.release(0);
        let worker = Worker::new(0, engine);
        Pair::of(&Rc::new(RefCell::new(worker)))
    }

    fn of(worker: &Rc<RefCell<Worker>>) -> Pair {
        let engine = worker.borrow().engine.clone();
        let (client, socket) = UnixStream::pair().expect("a pair of sockets");
        client.set_nonblocking(true).expect("a socket");
        socket.set_nonblocking(true).expect("a socket");
        let socket = Socket::Unix(mio::net::UnixStream::from_std(socket), String::new());
        let info = ClientInfo { id: engine.clients.next_id(), ..ClientInfo::default() };
        let connection = Connection::new(socket, Session::new(Arc::new(info), 0, true));
        Pair { worker: worker.clone(), engine, connection, client, desk: Desk::default() }
    }

    /// Another client of the same worker.
    fn another(&self) -> Pair {
        Pair::of(&self.worker)
    }

    /// Sends commands, lets them run and gives what comes back at once.
    fn send(&mut self, commands: &str) -> String {
        self.client.write_all(commands.as_bytes()).expect("room for some commands");
        self.connection.notice(true, true, false);
        let shared = self.worker.clone();
        let worker = &mut shared.borrow_mut();
        self.connection.turn(worker, &mut self.desk, &mut NoPump);
        self.flush(worker)
    }

    fn receive(&mut self) -> String {
        let worker = self.worker.clone();
        self.flush(&worker.borrow())
    }

    fn flush(&mut self, worker: &Worker) -> String {
        self.connection.flush(worker).expect("the client is there");
        let mut bytes = [0; 4096];
        let read = self.client.read(&mut bytes).unwrap_or(0);
        String::from_utf8_lossy(&bytes[..read]).into_owned()
    }

    /// Hands over the letters for this client, and gives what comes of them at once.
    fn fetch(&mut self) -> String {
        let shared = self.worker.clone();
        let worker = &mut shared.borrow_mut();
        for (_, letter) in std::mem::take(&mut worker.outbox.letters) {
            match letter {
                Letter::Message { message, offset, .. } => {
                    self.connection.push(offset, worker, |output, protocol| {
                        message.write(&mut Reply::new(output, protocol));
                    });
                }
                Letter::Unblocked { reply, offset, .. } => {
                    self.connection.resume(*reply, offset, worker);
                }
                other => panic!("{other:?}"),
            }
        }
        self.flush(worker)
    }

    /// Lets replies leave up to the end of the log as it is now.
    fn release(&mut self) -> String {
        self.engine.log.release(self.engine.log.end());
        self.receive()
    }

    /// A key in another shard than this one.
    fn far_from(&self, key: &str) -> String {
        let shards = &self.engine.shards;
        let index = |key: &str| shards.index(shards.position(key.as_bytes()));
        let names = (0..).map(|i| format!("far{i}"));
        names.into_iter().find(|name| index(name) != index(key)).expect("there are many shards")
    }
}

#[test]
fn a_reply_waits_until_the_log_is_released_up_to_its_record() {
    let mut pair = Pair::new();
    assert_eq!(pair.send("PING\r\n"), "+PONG\r\n");
    assert_eq!(pair.send("SET a 1\r\n"), "");
    assert_eq!(pair.release(), "+OK\r\n");
}

/// Receives until nothing more comes.
fn all_of(pair: &mut Pair) -> String {
    let mut all = String::new();
    loop {
        pair.connection.notice(true, true, false);
        let more = pair.receive();
        if more.is_empty() {
            return all;
        }
        all.push_str(&more);
    }
}

#[test]
fn a_long_reply_leaves_in_its_place_and_waits_for_the_log_as_a_whole() {
    let mut pair = Pair::new();
    let elements: String = (0..5000).map(|i| format!(" element:{i}")).collect();
    pair.send(&format!("RPUSH list{elements}\r\n"));
    assert_eq!(pair.release(), ":5000\r\n");
    pair.send("SET a 1\r\nLRANGE list 0 -1\r\nPING\r\n");
    assert_eq!(all_of(&mut pair), "");
    assert!(pair.connection.session.info.output_bytes.value() > 50_000);
    let mut config = Config::default();
    assert!(!pair.connection.is_over_limit(&config, NOW_MS));
    config.clients.client_output_buffer_limit.normal.hard_bytes = 50_000;
    assert!(pair.connection.is_over_limit(&config, NOW_MS), "it counts before it is made");
    pair.engine.log.release(pair.engine.log.end());
    let expect: String = (0..5000)
        .map(|i| format!("element:{i}"))
        .map(|element| format!("${}\r\n{element}\r\n", element.len()))
        .collect();
    assert_eq!(all_of(&mut pair), format!("+OK\r\n*5000\r\n{expect}+PONG\r\n"));
    assert_eq!(pair.connection.session.info.output_bytes.value(), 0);
}

#[test]
fn a_long_reply_inside_a_transaction_or_a_script_is_whole() {
    let mut pair = Pair::new();
    let members: String = (0..3000).map(|i| format!(" {i} m{i}")).collect();
    pair.send(&format!("ZADD set{members}\r\n"));
    pair.release();
    let mut reply = pair.send("MULTI\r\nZRANGE set 0 -1\r\nPING\r\nEXEC\r\n");
    reply.push_str(&all_of(&mut pair));
    assert!(reply.starts_with("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n*3000\r\n$2\r\nm0\r\n"));
    assert!(reply.ends_with("$5\r\nm2999\r\n+PONG\r\n"));
    let count = "EVAL \"return #redis.call('zrange', KEYS[1], 0, -1)\" 1 set\r\n";
    assert_eq!(pair.send(count), ":3000\r\n");
}

#[test]
fn what_comes_behind_a_waiting_reply_waits_too() {
    let mut pair = Pair::new();
    assert_eq!(pair.send("SET a 1\r\nPING\r\n"), "");
    assert_eq!(pair.send("PING\r\n"), "");
    assert_eq!(pair.release(), "+OK\r\n+PONG\r\n+PONG\r\n");
}

#[test]
fn replies_leave_as_far_as_the_log_has_got() {
    let mut pair = Pair::new();
    pair.send("SET a 1\r\n");
    let first = pair.engine.log.end();
    pair.send("INCR a\r\n");
    pair.engine.log.release(first);
    assert_eq!(pair.receive(), "+OK\r\n");
    assert_eq!(pair.release(), ":2\r\n");
}

#[test]
fn a_command_that_blocks_lets_no_earlier_reply_slip_out() {
    let mut pair = Pair::new();
    assert_eq!(pair.send("SET a 1\r\nBLPOP list 0\r\n"), "");
    assert_eq!(pair.release(), "+OK\r\n");
}

#[test]
fn a_client_that_leaves_with_its_last_command_does_not_stay_blocked() {
    let mut pair = Pair::new();
    pair.client.write_all(b"PING\r\nBLPOP list 0\r\n").expect("room for some commands");
    // The end of the stream is announced together with the command, and never again.
    pair.connection.notice(true, true, true);
    let shared = pair.worker.clone();
    let worker = &mut shared.borrow_mut();
    assert_eq!(pair.connection.turn(worker, &mut pair.desk, &mut NoPump), Next::Close);
    assert_eq!(pair.flush(worker), "+PONG\r\n");
}

#[test]
fn the_reply_to_a_woken_client_waits_for_what_woke_it() {
    let (mut pusher, mut pair) = two();
    assert_eq!(pair.send("BLPOP list 0\r\n"), "");
    assert_eq!(pusher.send("RPUSH list x\r\n"), "");
    assert_eq!(pair.fetch(), "");
    assert!(pair.connection.hold == Hold::None);
    assert!(pair.release().ends_with("x\r\n"));
}

#[test]
fn an_element_that_was_moved_on_is_not_seen_before_the_move_is_safe() {
    let (mut pusher, mut pair) = two();
    assert_eq!(pair.send("BLMOVE from to LEFT RIGHT 0\r\n"), "");
    pusher.send("RPUSH from x\r\n");
    assert_eq!(pair.fetch(), "");
    assert_eq!(pair.release(), "$1\r\nx\r\n");
}

#[test]
fn the_last_reply_before_the_end_waits_like_others() {
    let mut pair = Pair::new();
    assert_eq!(pair.send("SET a 1\r\nQUIT\r\n"), "");
    assert!(!pair.connection.is_done());
    assert_eq!(pair.release(), "+OK\r\n+OK\r\n");
    assert!(pair.connection.is_done());
}

fn two() -> (Pair, Pair) {
    let one = Pair::new();
    let other = one.another();
    (one, other)
}

#[test]
fn what_another_client_wrote_is_not_read_before_it_is_safe() {
    let (mut writer, mut reader) = two();
    writer.send("SET a 1\r\n");
    assert_eq!(reader.send("GET a\r\n"), "");
    assert_eq!(reader.release(), "$1\r\n1\r\n");
    assert_eq!(reader.send("GET a\r\n"), "$1\r\n1\r\n");
}

#[test]
fn a_removal_is_not_seen_before_it_is_safe() {
    let (mut writer, mut reader) = two();
    writer.send("SET a 1\r\n");
    writer.release();
    writer.send("DEL a\r\n");
    assert_eq!(reader.send("GET a\r\n"), "");
    assert_eq!(reader.release(), "$-1\r\n");
}

#[test]
fn a_read_of_what_nobody_touched_waits_for_nothing() {
    let (mut writer, mut reader) = two();
    let far = writer.far_from("a");
    writer.send("SET a 1\r\n");
    assert_eq!(reader.send(&format!("GET {far}\r\n")), "$-1\r\n");
}

#[test]
fn a_read_of_several_keys_waits_for_the_last_record_of_all() {
    let (mut writer, mut reader) = two();
    let far = writer.far_from("a");
    writer.send("SET a 1\r\n");
    let first = writer.engine.log.end();
    writer.send(&format!("SET {far} 2\r\n"));
    assert_eq!(reader.send(&format!("MGET {far} a\r\n")), "");
    reader.engine.log.release(first);
    assert_eq!(reader.receive(), "");
    assert_eq!(reader.release(), "*2\r\n$1\r\n2\r\n$1\r\n1\r\n");
}

#[test]
fn reads_of_the_whole_keyspace_wait_for_the_end_of_the_log() {
    for (command, reply) in [
        ("DBSIZE", ":1\r\n"),
        ("KEYS a", "*1\r\n$1\r\na\r\n"),
        ("RANDOMKEY", "$1\r\na\r\n"),
        ("SCAN 0 COUNT 1000", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\na\r\n"),
    ] {
        let (mut writer, mut reader) = two();
        writer.send("SET a 1\r\n");
        assert_eq!(reader.send(&format!("{command}\r\n")), "", "{command}");
        assert_eq!(reader.release(), reply);
    }
}

#[test]
fn a_transaction_that_a_change_stopped_does_not_tell_of_it_too_early() {
    let (mut writer, mut reader) = two();
    reader.send("WATCH a\r\nMULTI\r\nPING\r\n");
    writer.send("SET a 1\r\n");
    assert_eq!(reader.send("EXEC\r\n"), "");
    assert_eq!(reader.release(), "*-1\r\n");
}

#[test]
fn a_message_waits_for_what_its_sender_has_changed_and_seen() {
    let (mut writer, mut listener) = two();
    let mut sender = writer.another();
    assert!(listener.send("SUBSCRIBE news\r\n").starts_with("*3"));
    assert_eq!(sender.send("PUBLISH news early\r\n"), ":1\r\n");
    assert!(listener.fetch().ends_with("early\r\n"));
    writer.send("SET a 1\r\n");
    sender.send("GET a\r\nPUBLISH news late\r\n");
    assert_eq!(listener.fetch(), "");
    assert!(listener.release().ends_with("late\r\n"));
}

#[test]
fn a_message_out_of_a_transaction_waits_for_the_transaction() {
    let (mut writer, mut listener) = two();
    listener.send("SUBSCRIBE news\r\n");
    writer.send("MULTI\r\nPUBLISH news x\r\nSET a 1\r\nEXEC\r\n");
    assert_eq!(listener.fetch(), "");
    assert!(listener.release().ends_with("x\r\n"));
}

#[test]
fn an_event_of_a_key_waits_for_the_change_that_it_tells_of() {
    let (mut writer, mut listener) = two();
    writer.send("CONFIG SET notify-keyspace-events KA\r\n");
    listener.send("SUBSCRIBE __keyspace@0__:a\r\n");
    writer.send("SET a 1\r\n");
    assert_eq!(listener.fetch(), "");
    assert!(listener.release().ends_with("set\r\n"));
}

#[test]
fn an_event_of_a_key_that_ran_out_waits_for_its_removal() {
    let (mut writer, mut listener) = two();
    writer.send("CONFIG SET notify-keyspace-events Kx\r\n");
    writer.send(&format!("SET a 1 PXAT {}\r\n", NOW_MS + 1));
    writer.release();
    listener.send("SUBSCRIBE __keyspace@0__:a\r\n");
    writer.worker.borrow_mut().begin_turn(NOW_MS + 1000);
    writer.worker.borrow_mut().expire_cycle(&mut || true);
    assert_eq!(listener.fetch(), "");
    assert!(listener.release().ends_with("expired\r\n"));
}

#[test]
fn a_held_push_keeps_its_place_between_whole_replies() {
    let (mut writer, mut listener) = two();
    listener.send("HELLO 3\r\n");
    listener.send("SUBSCRIBE news\r\n");
    // Its own reply is held, then comes the push, then a reply that would be free to go.
    writer.send("SET a 1\r\n");
    let far = writer.far_from("a");
    assert_eq!(listener.send("GET a\r\n"), "");
    let first = writer.engine.log.end();
    writer.send(&format!("SET {far} 1\r\nPUBLISH news x\r\n"));
    assert_eq!(listener.fetch(), "");
    assert_eq!(listener.send("PING\r\n"), "");
    writer.engine.log.release(first);
    assert_eq!(listener.receive(), "$1\r\n1\r\n");
    let push = ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nx\r\n";
    assert_eq!(listener.release(), format!("{push}+PONG\r\n"));
}

#[test]
fn what_lies_in_front_of_a_held_push_still_leaves() {
    let mut pair = Pair::new();
    let worker = pair.worker.clone();
    let worker = &worker.borrow();
    pair.connection.push(0, worker, |output, _| output.extend_from_slice(b"+free\r\n"));
    pair.connection.push(5, worker, |output, _| output.extend_from_slice(b"+held\r\n"));
    pair.connection.push(0, worker, |output, _| output.extend_from_slice(b"+behind\r\n"));
    pair.connection.push(9, worker, |output, _| output.extend_from_slice(b"+last\r\n"));
    assert_eq!(pair.flush(worker), "+free\r\n");
    pair.engine.log.release(5);
    assert_eq!(pair.flush(worker), "+held\r\n+behind\r\n");
    pair.engine.log.release(9);
    assert_eq!(pair.flush(worker), "+last\r\n");
}

#[test]
fn when_the_last_reader_leaves_the_log_stops_and_what_waited_for_it_leaves() {
    let (mut writer, mut replica) = two();
    let log = &writer.engine.clone().log;
    log.detach(READER);
    assert!(replica.send("SYNC\r\n").starts_with('$'));
    writer.send("SET a 1\r\n");
    assert!(log.end() > 0);
    let worker = writer.worker.clone();
    worker.borrow_mut().end_session(&mut replica.connection.session);
    assert!(!log.is_active());
    assert_eq!(log.held_bytes(), 0);
    assert!(worker.borrow().outbox.log_released);
    let end = log.end();
    assert_eq!(writer.send("SET a 2\r\n"), "+OK\r\n+OK\r\n");
    assert_eq!(log.end(), end, "nobody reads, so nothing is written");
}

#[test]
fn a_log_whose_reader_left_while_a_shard_was_busy_stops_later() {
    let pair = Pair::new();
    let engine = pair.engine.clone();
    let worker = pair.worker.clone();
    engine.log.detach(READER);
    let busy = engine.shards.lock(7).try_lock().expect("nobody has it");
    worker.borrow_mut().sweep_leftovers();
    assert!(engine.log.is_active(), "who holds a shard sees one value of it");
    drop(busy);
    worker.borrow_mut().sweep_leftovers();
    assert!(!engine.log.is_active());
}
