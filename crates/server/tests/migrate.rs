//! `MIGRATE` between servers, and what becomes of keys that change on their way.

mod harness;

use std::net::{TcpListener, TcpStream};

use harness::{Client, Server, free_port, shown};
use std::io::{Read, Write};

use resp::Decoder;

/// A target that the test itself plays.
struct Target {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Target {
    fn accept(listener: &TcpListener) -> Target {
        Target { stream: listener.accept().expect("the server connects").0, bytes: Vec::new() }
    }

    /// Has the client migrate key `a` here, and hears all of it.
    fn of_a(client: &mut Client) -> Target {
        let (listener, port) = listen();
        client.send(&format!("MIGRATE 127.0.0.1 {port} a 0 20000"));
        let mut target = Target::accept(&listener);
        assert_eq!(target.hear(), "SELECT 0");
        assert_eq!(target.hear(), "RESTORE a 0 payload");
        target
    }

    /// The next command, as words; payloads by their length alone.
    fn hear(&mut self) -> String {
        loop {
            if let Some((value, used)) = Decoder::new().decode(&self.bytes).expect("RESP") {
                self.bytes.drain(..used);
                let words = value.as_slice().expect("a command").iter();
                let binary = |word: &resp::Value| match word.as_bytes() {
                    Some(bytes) if bytes.iter().any(|byte| *byte < b' ') => "payload".to_owned(),
                    _ => shown(word),
                };
                return words.map(binary).collect::<Vec<_>>().join(" ");
            }
            let mut buffer = [0; 4096];
            let read = self.stream.read(&mut buffer).expect("a command");
            assert!(read > 0, "the connection ended");
            self.bytes.extend_from_slice(&buffer[..read]);
        }
    }

    fn say(&mut self, reply: &str) {
        self.stream.write_all(format!("{reply}\r\n").as_bytes()).expect("the server reads");
    }
}

fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    (listener, port)
}

#[test]
fn keys_move_with_their_values_and_deadlines() {
    let (from, to) = (Server::start(&[]), Server::start(&[]));
    let (mut source, mut target) = (from.connect(), to.connect());
    source.ask("SET a hello PX 100000");
    source.ask("RPUSH l 1 two 3");
    source.ask("SADD s 7");
    let migrate = format!("MIGRATE 127.0.0.1 {}", to.port);
    assert_eq!(source.ask(&format!("{migrate} a 3 5000")), "OK");
    assert_eq!(source.ask(&format!("{migrate} \"\" 3 5000 KEYS l s nope s")), "OK");
    assert_eq!(source.ask("EXISTS a l s"), "0");
    target.ask("SELECT 3");
    assert_eq!(target.ask("GET a"), "hello");
    let ttl_ms: u64 = target.ask("PTTL a").parse().unwrap();
    assert!((1..=100_000).contains(&ttl_ms), "{ttl_ms}");
    assert_eq!(target.ask("LRANGE l 0 -1"), "1 two 3");
    assert_eq!(target.ask("SMEMBERS s"), "7");
    assert_eq!(source.ask(&format!("{migrate} a 3 5000")), "NOKEY");
}

#[test]
fn copy_keeps_the_key_and_replace_takes_the_place_of_another() {
    let (from, to) = (Server::start(&[]), Server::start(&[]));
    let (mut source, mut target) = (from.connect(), to.connect());
    source.ask("MSET a 1 b 2");
    target.ask("SET a old");
    let migrate = format!("MIGRATE localhost {}", to.port);
    let busy = "ERR Target instance replied with error: BUSYKEY Target key name already exists.";
    assert_eq!(source.ask(&format!("{migrate} \"\" 0 5000 KEYS a b")), busy);
    assert_eq!(source.ask("EXISTS a b"), "1");
    assert_eq!(target.ask("MGET a b"), "old 2");
    assert_eq!(source.ask(&format!("{migrate} a 0 5000 COPY REPLACE")), "OK");
    assert_eq!(source.ask("GET a"), "1");
    assert_eq!(target.ask("GET a"), "1");
    let range = "ERR Target instance replied with error: ERR DB index is out of range";
    assert_eq!(source.ask(&format!("{migrate} a 99 5000 REPLACE")), range);
    assert_eq!(source.ask("GET a"), "1");
}

#[test]
fn a_password_is_given_where_it_is_said() {
    let (from, to) = (Server::start(&[]), Server::start(&["--requirepass", "secret"]));
    let mut source = from.connect();
    source.ask("MSET a 1 b 2");
    let migrate = format!("MIGRATE 127.0.0.1 {}", to.port);
    let reply = source.ask(&format!("{migrate} a 0 5000"));
    let refused = "ERR Target instance replied with error: NOAUTH Authentication required.";
    assert_eq!(reply, refused);
    assert_eq!(source.ask(&format!("{migrate} a 0 5000 AUTH secret")), "OK");
    assert_eq!(source.ask(&format!("{migrate} b 0 5000 AUTH2 default secret")), "OK");
    assert_eq!(source.ask("DBSIZE"), "0");
}

#[test]
fn a_target_that_is_not_there_or_hangs_up_is_an_error_and_the_key_stays() {
    let server = Server::start(&[]);
    let mut client = server.connect();
    client.ask("SET a 1");
    let reply = client.ask(&format!("MIGRATE 127.0.0.1 {} a 0 5000", free_port()));
    assert_eq!(reply, "IOERR error or timeout connecting to the client");
    let (listener, port) = listen();
    client.send(&format!("MIGRATE 127.0.0.1 {port} a 0 5000"));
    let mut target = Target::accept(&listener);
    assert_eq!(target.hear(), "SELECT 0");
    drop(target);
    let reply = shown(&client.read().unwrap());
    assert_eq!(reply, "IOERR error or timeout reading from target instance");
    client.send(&format!("MIGRATE 127.0.0.1 {port} a 0 50"));
    let reply = shown(&client.read().unwrap());
    assert_eq!(reply, "IOERR error or timeout reading from target instance");
    assert_eq!(client.ask("GET a"), "1");
    // It may be sent again: nothing is left of what failed.
    let other = Server::start(&[]);
    assert_eq!(client.ask(&format!("MIGRATE 127.0.0.1 {} a 0 5000", other.port)), "OK");
}

#[test]
fn a_key_that_changes_on_its_way_is_sent_again() {
    let server = Server::start(&[]);
    let (mut client, mut other) = (server.connect(), server.connect());
    client.ask("MSET a 1 b 1");
    let (listener, port) = listen();
    client.send(&format!("MIGRATE 127.0.0.1 {port} \"\" 2 20000 KEYS a b"));
    let mut target = Target::accept(&listener);
    assert_eq!(target.hear(), "SELECT 2");
    assert_eq!(target.hear(), "RESTORE a 0 payload");
    assert_eq!(target.hear(), "RESTORE b 0 payload");
    // Others are served meanwhile, and both keys are still there.
    assert_eq!(other.ask("INCR a"), "2");
    assert_eq!(other.ask("GET b"), "1");
    ["+OK", "+OK", "+OK"].iter().for_each(|reply| target.say(reply));
    assert_eq!(target.hear(), "RESTORE a 0 payload REPLACE");
    assert_eq!(other.ask("EXISTS a b"), "1");
    target.say("+OK");
    assert_eq!(shown(&client.read().unwrap()), "OK");
    assert_eq!(other.ask("EXISTS a b"), "0");
}

#[test]
fn a_key_that_is_deleted_on_its_way_goes_at_the_target_too() {
    let server = Server::start(&[]);
    let (mut client, mut other) = (server.connect(), server.connect());
    client.ask("SET a 1");
    let mut target = Target::of_a(&mut client);
    assert_eq!(other.ask("DEL a"), "1");
    target.say("+OK\r\n+OK");
    assert_eq!(target.hear(), "DEL a");
    target.say(":1");
    assert_eq!(shown(&client.read().unwrap()), "OK");
    assert_eq!(other.ask("EXISTS a"), "0");
}

#[test]
fn a_second_migration_of_a_key_waits_for_the_first() {
    let (server, to) = (Server::start(&[]), Server::start(&[]));
    let (mut client, mut other) = (server.connect(), server.connect());
    client.ask("SET a 1");
    let mut target = Target::of_a(&mut client);
    other.send(&format!("MIGRATE 127.0.0.1 {} a 0 20000", to.port));
    target.say("+OK\r\n+OK");
    assert_eq!(shown(&client.read().unwrap()), "OK");
    assert_eq!(shown(&other.read().unwrap()), "NOKEY");
    assert_eq!(to.connect().ask("DBSIZE"), "0");
}

#[test]
fn a_client_that_leaves_does_not_leave_its_key_in_two_places() {
    let server = Server::start(&[]);
    let (mut client, mut other) = (server.connect(), server.connect());
    client.ask("SET a 1");
    let mut target = Target::of_a(&mut client);
    drop(client);
    target.say("+OK\r\n+OK");
    assert!((0..100_000).any(|_| other.ask("EXISTS a") == "0"));
}
