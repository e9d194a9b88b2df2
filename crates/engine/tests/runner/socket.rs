//! A running server, of ours or of others, over sockets: the oracle for transcripts.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use resp::{Decoder, OwnedArgs};

use super::transcript::{Target, seen};

/// Without a reply for so long, a command counts as blocked.
const PATIENCE: Duration = Duration::from_millis(300);

/// Connections to a server, one for each client.
pub struct Oracle {
    address: String,
    clients: Vec<Connection>,
}

struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
    blocked: bool,
}

impl Oracle {
    /// Connects, and empties the server.
    pub fn connect(address: &str) -> Oracle {
        let mut oracle = Oracle { address: address.to_owned(), clients: Vec::new() };
        oracle.ask(1, &OwnedArgs::from_iter(["FLUSHALL"]));
        oracle
    }

    /// What came for clients that were blocked.
    fn unblocked(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, client) in self.clients.iter_mut().enumerate() {
            if client.blocked
                && let Some(value) = client.reply()
            {
                client.blocked = false;
                lines.extend(seen(Some(index + 1), &value));
            }
        }
        lines
    }
}

impl Connection {
    fn open(address: &str) -> Connection {
        let stream = TcpStream::connect(address).expect("the oracle is running");
        stream.set_read_timeout(Some(PATIENCE)).expect("sockets have time-outs");
        stream.set_nodelay(true).expect("sockets can be told not to wait");
        Connection { stream, unread: Vec::new(), blocked: false }
    }

    fn send(&mut self, args: &OwnedArgs) {
        let mut bytes = format!("*{}\r\n", args.len()).into_bytes();
        for arg in args.as_args() {
            bytes.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
            bytes.extend_from_slice(arg);
            bytes.extend_from_slice(b"\r\n");
        }
        self.stream.write_all(&bytes).expect("the oracle reads");
    }

    fn reply(&mut self) -> Option<resp::Value> {
        loop {
            let decoded = Decoder::new().decode(&self.unread).expect("the oracle speaks RESP");
            if let Some((value, used)) = decoded {
                self.unread.drain(..used);
                return Some(value);
            }
            let mut chunk = [0; 16 << 10];
            match self.stream.read(&mut chunk) {
                Ok(0) => panic!("the oracle closed the connection"),
                Ok(n) => self.unread.extend_from_slice(&chunk[..n]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

impl Target for Oracle {
    fn ask(&mut self, number: usize, args: &OwnedArgs) -> Vec<String> {
        while self.clients.len() < number {
            self.clients.push(Connection::open(&self.address));
        }
        let client = &mut self.clients[number - 1];
        client.send(args);
        let mut lines = match client.reply() {
            Some(value) => seen(None, &value),
            None => {
                client.blocked = true;
                vec!["(blocked)".to_owned()]
            }
        };
        lines.extend(self.unblocked());
        lines
    }

    fn advance(&mut self, ms: u64) -> Vec<String> {
        // Some servers read their clock a little late.
        std::thread::sleep(Duration::from_millis(ms + 10));
        self.unblocked()
    }

    fn log(&mut self) -> Option<Vec<String>> {
        None
    }

    fn events(&mut self) -> Option<Vec<String>> {
        None
    }

    fn is_foreign(&self) -> bool {
        true
    }
}
