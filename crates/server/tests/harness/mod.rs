//! Servers of these tests' own, on ports that are free, and a client that reads what comes.

#![allow(dead_code, reason = "each test program uses its part")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use resp::{Decoder, OwnedArgs, Value};

/// Longer than anything here takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder that goes when it is dropped.
pub struct Folder(PathBuf);

impl Folder {
    /// A new, empty folder.
    pub fn new() -> Folder {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("basalt-test-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("the folder for temporary files can be written");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file and gives its path.
    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("the folder can be written");
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed is left to the system.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A port that nobody listens at.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("some port is free");
    listener.local_addr().expect("it is bound").port()
}

/// The program, to be run in a folder.
pub fn program(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_basalt-server"));
    command.args(arguments).current_dir(folder.path()).stdin(Stdio::null());
    command.env_remove("NOTIFY_SOCKET");
    command
}

/// Runs the program to its end: status, standard output, standard error.
pub fn run(folder: &Folder, arguments: &[&str]) -> (i32, String, String) {
    let output = program(folder, arguments).output().expect("the program can be run");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

/// A running server.
pub struct Server {
    pub child: Child,
    log: BufReader<ChildStdout>,
    pub seen: Vec<String>,
    pub port: u16,
    pub folder: Folder,
}

impl Server {
    /// Starts a server with these options, and waits until it accepts connections.
    pub fn start(options: &[&str]) -> Server {
        Server::start_in(Folder::new(), options, |_| {})
    }

    /// Starts a server in a folder, with a command that is changed before.
    pub fn start_in(folder: Folder, options: &[&str], change: impl Fn(&mut Command)) -> Server {
        let port = free_port();
        let text = port.to_string();
        let mut arguments: Vec<&str> = Vec::new();
        let file = options.first().filter(|first| !first.starts_with("--"));
        arguments.extend(file);
        arguments.extend(["--port", &text, "--bind", "127.0.0.1", "--workers", "2"]);
        arguments.extend(["--save", ""]);
        arguments.extend(&options[usize::from(file.is_some())..]);
        let mut command = program(&folder, &arguments);
        change(&mut command);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program can be run");
        let log = BufReader::new(child.stdout.take().expect("it was piped"));
        let mut server = Server { child, log, seen: Vec::new(), port, folder };
        server.wait_for("Ready to accept");
        server
    }

    /// Reads the log until a line has this text, and gives that line.
    pub fn wait_for(&mut self, text: &str) -> String {
        loop {
            let mut line = String::new();
            let read = self.log.read_line(&mut line).expect("the log can be read");
            assert!(read > 0, "the log ended without '{text}':\n{}", self.seen.concat());
            self.seen.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// A new connection.
    pub fn connect(&self) -> Client {
        Client::connect(self.port)
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()));
    }

    /// Waits for the end, and gives the exit status.
    pub fn ended(mut self) -> (i32, String) {
        let status = self.child.wait().expect("it was started");
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).expect("the log can be read");
        (status.code().unwrap_or(-1), self.seen.concat() + &rest)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client's connection.
pub struct Client {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Client {
    /// Connects to a port of this machine.
    pub fn connect(port: u16) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time that is not zero");
        Client { stream, bytes: Vec::new() }
    }

    /// Sends a command, words separated by blanks, `""` for an empty one.
    pub fn send(&mut self, line: &str) {
        let args: OwnedArgs = resp::quote::split(line.as_bytes()).expect("a line of words");
        let args = args.as_args();
        let mut bytes = format!("*{}\r\n", args.len()).into_bytes();
        for word in args {
            bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
            bytes.extend_from_slice(word);
            bytes.extend_from_slice(b"\r\n");
        }
        self.stream.write_all(&bytes).expect("the server reads");
    }

    /// The next reply; `None` where the connection has ended.
    pub fn read(&mut self) -> Option<Value> {
        loop {
            let decoded = Decoder::new().decode(&self.bytes).expect("the server speaks RESP");
            if let Some((value, used)) = decoded {
                self.bytes.drain(..used);
                return Some(value);
            }
            let mut buffer = [0; 65_536];
            match self.stream.read(&mut buffer) {
                Ok(0) => return None,
                Ok(read) => self.bytes.extend_from_slice(&buffer[..read]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no reply: {error}"),
            }
        }
    }

    /// Sends a command and gives its reply as text.
    pub fn ask(&mut self, line: &str) -> String {
        self.send(line);
        shown(&self.read().expect("a reply"))
    }
}

/// A reply as text: strings and errors as they are, arrays with blanks between.
pub fn shown(value: &Value) -> String {
    if let Some(items) = value.as_slice() {
        return items.iter().map(shown).collect::<Vec<_>>().join(" ");
    }
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Error(text) => String::from_utf8_lossy(text).into_owned(),
        other => String::from_utf8_lossy(other.as_bytes().unwrap_or_default()).into_owned(),
    }
}
