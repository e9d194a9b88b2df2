//! Runs of the program against a scripted server: what it sends, prints and exits with.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::thread::{self, JoinHandle};

/// A server on a free port that expects bytes and answers them, step by step, on one connection.
struct Peer {
    port: u16,
    served: JoinHandle<()>,
}

impl Peer {
    fn new(serve: impl FnOnce(&mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let served = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            serve(&mut stream);
        });
        Self { port, served }
    }

    /// Answers each request of the script, then closes.
    fn scripted(script: &'static [(&str, &str)]) -> Self {
        Self::new(move |stream| {
            for (request, reply) in script {
                expect(stream, request.as_bytes());
                stream.write_all(reply.as_bytes()).expect("a client that reads");
            }
        })
    }

    /// Runs the program with these arguments and this input.
    fn run(self, arguments: &[&str], input: &[u8]) -> Run {
        let mut child = Command::new(env!("CARGO_BIN_EXE_basalt-cli"))
            .args(["-p", &self.port.to_string()])
            .args(arguments)
            .env_remove("REDISCLI_AUTH")
            .env_remove("FAKETTY")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program");
        // It may end without reading its input.
        let _ = child.stdin.take().expect("its input").write_all(input);
        let run = Run::from(child.wait_with_output().expect("its end"));
        self.served.join().expect("the script was followed");
        run
    }
}

#[track_caller]
fn expect(stream: &mut TcpStream, bytes: &[u8]) {
    let mut seen = vec![0; bytes.len()];
    stream.read_exact(&mut seen).expect("a request");
    assert_eq!(String::from_utf8_lossy(&seen), String::from_utf8_lossy(bytes));
}

/// What a run left behind.
#[derive(Debug, PartialEq)]
struct Run {
    out: String,
    err: String,
    code: Option<i32>,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self { out: text(output.stdout), err: text(output.stderr), code: output.status.code() }
    }
}

#[track_caller]
fn check(run: &Run, out: &str, err: &str, code: i32) {
    assert_eq!((&*run.out, &*run.err, run.code), (out, err, Some(code)));
}

const PING: &str = "*1\r\n$4\r\nPING\r\n";
const GET: &str = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";

#[test]
fn one_command_prints_its_reply_raw_into_a_pipe() {
    let run = Peer::scripted(&[(GET, "$3\r\na\"b\r\n")]).run(&["GET", "k"], b"");
    check(&run, "a\"b\n", "", 0);
}

#[test]
fn forms_are_chosen_by_flags() {
    let run = |form| {
        Peer::scripted(&[(GET, "*2\r\n$1\r\na\r\n:1\r\n")]).run(&[form, "GET", "k"], b"").out
    };
    assert_eq!(run("--no-raw"), "1) \"a\"\n2) (integer) 1\n");
    assert_eq!(run("--raw"), "a\n1\n");
    assert_eq!(run("--csv"), "\"a\",1\n");
}

#[test]
fn json_asks_for_resp3() {
    let hello = ("*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n", "%1\r\n$5\r\nproto\r\n:3\r\n");
    let script: &'static [_] = Box::leak(Box::new([hello, (GET, "%1\r\n$1\r\na\r\n_\r\n")]));
    let run = Peer::scripted(script).run(&["--json", "GET", "k"], b"");
    check(&run, "{\"a\":null}\n", "", 0);
}

#[test]
fn the_connection_is_set_up_before_the_command() {
    let run = Peer::scripted(&[
        ("*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$2\r\npw\r\n", "+OK\r\n"),
        ("*2\r\n$6\r\nSELECT\r\n$1\r\n5\r\n", "+OK\r\n"),
        (PING, "+PONG\r\n"),
    ])
    .run(&["--user", "me", "-a", "pw", "--no-auth-warning", "-n", "5", "PING"], b"");
    check(&run, "PONG\n", "", 0);
}

#[test]
fn a_password_on_the_command_line_is_warned_about() {
    let run = Peer::scripted(&[
        ("*2\r\n$4\r\nAUTH\r\n$2\r\npw\r\n", "-WRONGPASS no\r\n"),
        (PING, "-NOAUTH Authentication required.\r\n"),
    ])
    .run(&["-a", "pw", "PING"], b"");
    let err = "Warning: Using a password with '-a' or '-u' option on the command line interface \
               may not be safe.\nAUTH failed: WRONGPASS no\n";
    check(&run, "NOAUTH Authentication required.\n\n", err, 0);
}

#[test]
fn no_command_runs_in_a_database_that_was_not_meant() {
    let run = Peer::scripted(&[(
        "*2\r\n$6\r\nSELECT\r\n$2\r\n99\r\n",
        "-ERR DB index is out of range\r\n",
    )])
    .run(&["-n", "99", "FLUSHDB"], b"");
    check(&run, "", "SELECT 99 failed: ERR DB index is out of range\n", 1);
}

#[test]
fn an_error_ends_the_run_only_when_asked_to() {
    let run = Peer::scripted(&[(PING, "-ERR no\r\n")]).run(&["PING"], b"");
    check(&run, "ERR no\n\n", "", 0);
    let run = Peer::scripted(&[(PING, "-ERR no\r\n")]).run(&["-e", "-r", "3", "PING"], b"");
    check(&run, "", "ERR no\n", 1);
}

#[test]
fn a_command_is_repeated() {
    let run = Peer::scripted(&[(PING, "+1\r\n"), (PING, "+2\r\n"), (PING, "+3\r\n")])
        .run(&["-r", "3", "PING"], b"");
    check(&run, "1\n2\n3\n", "", 0);
}

#[test]
fn standard_input_is_an_argument() {
    let run = Peer::scripted(&[("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$3\r\na\nb\r\n", "+OK\r\n")])
        .run(&["-x", "SET", "k"], b"a\nb");
    check(&run, "OK\n", "", 0);
    let run = Peer::scripted(&[("*3\r\n$3\r\nSET\r\n$2\r\nme\r\n$1\r\nv\r\n", "+OK\r\n")])
        .run(&["-X", "tag", "SET", "tag", "v"], b"me");
    check(&run, "OK\n", "", 0);
}

#[test]
fn commands_are_read_from_standard_input() {
    let run = Peer::scripted(&[
        ("*3\r\n$3\r\nset\r\n$1\r\na\r\n$3\r\nb c\r\n", "+OK\r\n"),
        (PING, "+PONG\r\n"),
        (PING, "+PONG\r\n"),
    ])
    .run(&[], b"set a \"b c\"\n\n\"open\n2 PING\nquit\nPING\n");
    check(&run, "OK\nInvalid argument(s)\nPONG\nPONG\n", "", 0);
}

#[test]
fn a_server_that_closes_is_reported() {
    let run = Peer::scripted(&[(PING, "")]).run(&["PING"], b"");
    check(&run, "", "Error: Server closed the connection\n", 1);
    let shutdown = "*1\r\n$8\r\nSHUTDOWN\r\n";
    let script: &'static [_] = Box::leak(Box::new([(shutdown, "")]));
    let run = Peer::scripted(script).run(&["SHUTDOWN"], b"");
    check(&run, "", "", 0);
}

#[test]
fn messages_are_printed_until_there_is_no_subscription() {
    let run = Peer::scripted(&[(
        "*3\r\n$9\r\nSUBSCRIBE\r\n$1\r\na\r\n$1\r\nb\r\n",
        "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n\
         *3\r\n$7\r\nmessage\r\n$1\r\na\r\n$2\r\nhi\r\n\
         *3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:1\r\n\
         *3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:0\r\n",
    )])
    .run(&["--csv", "SUBSCRIBE", "a", "b"], b"");
    let out = "\"subscribe\",\"a\",1\n\"subscribe\",\"b\",2\n\"message\",\"a\",\"hi\"\n\
               \"unsubscribe\",\"a\",1\n\"unsubscribe\",\"b\",0\n";
    check(&run, out, "", 0);
}

#[test]
fn keys_are_listed_over_all_cursors() {
    let run = Peer::scripted(&[
        (
            "*4\r\n$4\r\nSCAN\r\n$1\r\n0\r\n$5\r\nMATCH\r\n$2\r\na*\r\n",
            "*2\r\n$1\r\n7\r\n*2\r\n$1\r\na\r\n$2\r\nab\r\n",
        ),
        (
            "*4\r\n$4\r\nSCAN\r\n$1\r\n7\r\n$5\r\nMATCH\r\n$2\r\na*\r\n",
            "*2\r\n$1\r\n0\r\n*1\r\n$2\r\nac\r\n",
        ),
    ])
    .run(&["--scan", "--pattern", "a*"], b"");
    check(&run, "a\nab\nac\n", "", 0);
}

/// Serves `--pipe`: checks the input, answers with `replies`, and echoes the marker.
fn pipe_peer(input: &'static [u8], replies: &'static [u8]) -> Peer {
    Peer::new(move |stream| {
        expect(stream, input);
        stream.write_all(replies).expect("a client that reads");
        expect(stream, b"\r\n*2\r\n$4\r\nECHO\r\n$20\r\n");
        let mut marker = [0; 22];
        stream.read_exact(&mut marker).expect("a marker");
        stream.write_all(b"$20\r\n").expect("a client that reads");
        stream.write_all(&marker).expect("a client that reads");
    })
}

#[test]
fn a_pipe_ends_with_the_count_of_replies() {
    let run = pipe_peer(b"set a b\r\nset c d\r\n", b"+OK\r\n+OK\r\n")
        .run(&["--pipe"], b"set a b\r\nset c d\r\n");
    let out = "All data transferred. Waiting for the last reply...\n\
               Last reply received from server.\nerrors: 0, replies: 2\n";
    check(&run, out, "", 0);
}

#[test]
fn errors_in_a_pipe_are_shown_counted_and_fail_the_run() {
    let run = pipe_peer(b"set a\r\nget c\r\n", b"-ERR wrong number\r\n$-1\r\n")
        .run(&["--pipe"], b"set a\r\nget c\r\n");
    let out = "All data transferred. Waiting for the last reply...\n\
               Last reply received from server.\nerrors: 1, replies: 2\n";
    check(&run, out, "ERR wrong number\n", 1);
}

#[test]
fn a_pipe_gives_up_on_a_silent_server() {
    let run = Peer::new(|stream| {
        let mut all = Vec::new();
        // The client closes when its patience ends.
        let _ = stream.read_to_end(&mut all);
    })
    .run(&["--pipe", "--pipe-timeout", "0.05"], b"PING\r\n");
    let out = "All data transferred. Waiting for the last reply...\nerrors: 1, replies: 0\n";
    check(&run, out, "No replies for 0.05 seconds: exiting.\n", 1);
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_basalt-cli"))
        .args(["-s", "/nonexistent/socket", "PING"])
        .output()
        .expect("the program");
    let err = "Could not connect to Basalt at /nonexistent/socket: No such file or directory\n";
    check(&Run::from(output), "", err, 1);
}
