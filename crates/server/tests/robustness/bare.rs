//! A connection that shows bytes: for commands in bulk and for clients that misbehave.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::harness::{Client, Server};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Bare {
    stream: BufReader<TcpStream>,
}

impl Bare {
    pub fn connect(port: u16) -> Bare {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time that is not zero");
        stream.set_nodelay(true).expect("a socket");
        Bare { stream: BufReader::new(stream) }
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &str) {
        self.stream.get_mut().write_all(bytes.as_bytes()).expect("the server reads");
    }

    /// Sends as many of these bytes as the socket takes at once; gives whether it took any.
    pub fn send_some(&mut self, bytes: &str) -> bool {
        let stream = self.stream.get_mut();
        stream.set_nonblocking(true).expect("a socket");
        let sent = stream.write(bytes.as_bytes()).is_ok();
        stream.set_nonblocking(false).expect("a socket");
        sent
    }

    /// The next line without its end; `None` where the connection has ended.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => None,
            Err(error) => panic!("no reply: {error}"),
        }
    }

    /// Exactly so many bytes.
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.stream.read_exact(&mut bytes).expect("the server sends them");
        bytes
    }

    /// Runs inline commands and throws their replies away.
    pub fn run(&mut self, commands: &str) {
        self.send(commands);
        self.send("ECHO that-was-all\r\n");
        while self.line().expect("a reply") != "that-was-all" {}
    }

    /// Reads to the end of the connection; gives how many bytes came.
    pub fn drain(&mut self) -> usize {
        let mut buffer = [0; 65_536];
        let mut total = 0;
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return total,
                Ok(read) => total += read,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return total,
                Err(error) => panic!("no end: {error}"),
            }
        }
    }
}

/// A fact of `INFO`.
pub fn info(client: &mut Client, name: &str) -> String {
    let text = client.ask("INFO");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_default().trim_end().to_owned()
}

/// Asks until `INFO` says so.
pub fn wait_for_info(server: &Server, name: &str, value: &str) {
    let mut client = server.connect();
    while info(&mut client, name) != value {}
}
