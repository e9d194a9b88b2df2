//! Replies leave when the log allows it: a connection over a pair of sockets, whose log a reader
//! holds back.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use engine::clients::ClientInfo;
use engine::config::Config;
use engine::engine::Setup;
use engine::script::NoPump;
use engine::{Engine, Session, Worker};

use super::{Connection, Desk};
use crate::socket::Socket;

/// A connection, the worker that serves it and the client at its other end.
struct Pair {
    worker: Worker,
    connection: Connection,
    client: UnixStream,
    desk: Desk,
}

impl Pair {
    fn new() -> Pair {
        let run_id = "0".repeat(40);
        let setup = Setup { workers: 1, seed: 1, now_ms: 1_000_000, run_id };
        let engine = Arc::new(Engine::new(Config::default(), setup));
        engine.log.attach(1);
        engine.log.release(0);
        let (client, socket) = UnixStream::pair().expect("a pair of sockets");
        client.set_nonblocking(true).expect("a socket");
        socket.set_nonblocking(true).expect("a socket");
        let socket = Socket::Unix(mio::net::UnixStream::from_std(socket), String::new());
        let session = Session::new(Arc::new(ClientInfo::default()), 0, true);
        let connection = Connection::new(socket, session);
        Pair { worker: Worker::new(0, engine), connection, client, desk: Desk::default() }
    }

    /// Sends commands, lets them run and gives what comes back at once.
    fn send(&mut self, commands: &str) -> String {
        self.client.write_all(commands.as_bytes()).expect("room for some commands");
        self.connection.notice(true, true, false);
        self.connection.turn(&mut self.worker, &mut self.desk, &mut NoPump);
        self.receive()
    }

    fn receive(&mut self) -> String {
        self.connection.flush(&self.worker).expect("the client is there");
        let mut bytes = [0; 4096];
        let read = self.client.read(&mut bytes).unwrap_or(0);
        String::from_utf8_lossy(&bytes[..read]).into_owned()
    }

    /// Lets replies leave up to the end of the log as it is now.
    fn release(&mut self) -> String {
        let log = &self.worker.engine.log;
        log.release(log.end());
        self.receive()
    }
}

#[test]
fn a_reply_waits_until_the_log_is_released_up_to_its_record() {
    let mut pair = Pair::new();
    assert_eq!(pair.send("PING\r\n"), "+PONG\r\n");
    assert_eq!(pair.send("SET a 1\r\n"), "");
    assert_eq!(pair.release(), "+OK\r\n");
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
    let first = pair.worker.engine.log.end();
    pair.send("INCR a\r\n");
    pair.worker.engine.log.release(first);
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
fn the_reply_to_a_woken_client_waits_for_what_woke_it() {
    let mut pair = Pair::new();
    assert_eq!(pair.send("BLPOP list 0\r\n"), "");
    pair.connection.resume(b"*2\r\n$4\r\nlist\r\n$1\r\nx\r\n", 10);
    assert_eq!(pair.receive(), "");
    pair.worker.engine.log.release(10);
    assert!(pair.receive().ends_with("x\r\n"));
}

#[test]
fn the_last_reply_before_the_end_waits_like_others() {
    let mut pair = Pair::new();
    assert_eq!(pair.send("SET a 1\r\nQUIT\r\n"), "");
    assert!(!pair.connection.is_done());
    assert_eq!(pair.release(), "+OK\r\n+OK\r\n");
    assert!(pair.connection.is_done());
}
