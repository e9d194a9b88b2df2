//! The way of a `MIGRATE` over the network: a thread for each, off the workers.
//!
//! Keys are sent all at once and answers read after that, as they take one round trip so. What
//! the answers mean for the keys here is for the engine to decide, under their locks.

use std::io::{self, BufWriter, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use engine::Session;
use engine::clients::ClientInfo;
use engine::dispatch::Outcome;
use engine::letter::Letter;
use engine::migration::{Answer, Errand, Failure, Item, Migration, Target};
use resp::{Decoder, Output, Value};

use crate::clock;
use crate::event_loop::EventLoop;
use crate::mail::Mail;

const BUFFER_BYTES: usize = 64 << 10;

/// A migration with its connection.
#[derive(Debug)]
pub struct Courier {
    migration: Box<Migration>,
    link: Option<Link>,
}

/// A connection to a target.
#[derive(Debug)]
struct Link {
    stream: TcpStream,
    /// What was received and not read yet.
    bytes: Vec<u8>,
}

impl EventLoop {
    /// Sends the keys of a migration off.
    pub(crate) fn begin_migration(&self, migration: Box<Migration>) {
        self.send_off(Courier { migration, link: None });
    }

    fn send_off(&self, mut courier: Courier) {
        let (shared, index) = (self.shared.clone(), self.index());
        std::thread::spawn(move || {
            if let Err(failure) = courier.go() {
                courier.migration.failure = Some(failure);
            }
            shared.post(index, Mail::Migrated(courier));
        });
    }

    /// Settles what the target has answered, sends again what has changed, or replies.
    pub(crate) fn settle(&mut self, mut courier: Courier) {
        let client = courier.migration.client;
        let info = Arc::new(ClientInfo { unix: true, ..ClientInfo::default() });
        let mut session = Session::new(info, self.index(), true);
        session.migration = Some(courier.migration);
        let mut output = Output::new();
        let outcome = self.worker.settle(&mut session, &mut output);
        self.send_outbox();
        match (session.migration.take(), outcome) {
            (Some(migration), Outcome::Parked) => {
                courier.migration = migration;
                self.unsettled.push(courier);
            }
            (Some(migration), Outcome::Done | Outcome::Blocked { .. }) => {
                courier.migration = migration;
                self.send_off(courier);
            }
            (None, _) => {
                let (reply, offset) = (Box::new(output), session.offset);
                self.deliver(Letter::Unblocked { client, reply, offset });
            }
        }
    }

    /// Migrations whose keys were busy.
    pub(crate) fn settle_again(&mut self) {
        for courier in std::mem::take(&mut self.unsettled) {
            self.settle(courier);
        }
    }
}

impl Courier {
    /// Sends the keys and reads the answers.
    fn go(&mut self) -> Result<(), Failure> {
        let Migration { target, items, .. } = &mut *self.migration;
        let mut greetings = 0;
        let link = match &mut self.link {
            Some(link) => link,
            None => {
                greetings = 1 + usize::from(!target.auth.is_empty());
                let link = Link::open(target).map_err(|_| Failure::Connecting)?;
                self.link.insert(link)
            }
        };
        link.send(target, items, greetings > 0).map_err(|_| Failure::Writing)?;
        link.read_answers(items, greetings).map_err(|_| Failure::Reading)
    }
}

impl Link {
    fn open(target: &Target) -> io::Result<Link> {
        let timeout = Duration::from_millis(target.timeout_ms);
        let port: u16 = target.port.parse().map_err(io::Error::other)?;
        let mut last = io::Error::other("the name stands for no address");
        for address in (target.host.as_str(), port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, timeout) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    stream.set_read_timeout(Some(timeout))?;
                    stream.set_write_timeout(Some(timeout))?;
                    return Ok(Link { stream, bytes: Vec::new() });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn send(&mut self, target: &Target, items: &[Item], greet: bool) -> io::Result<()> {
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, &mut self.stream);
        if greet {
            if !target.auth.is_empty() {
                let words: Vec<&[u8]> = target.auth.iter().map(|word| &**word).collect();
                write_command(&mut out, &words)?;
            }
            write_command(&mut out, &[b"SELECT", target.db.to_string().as_bytes()])?;
        }
        for item in items {
            match &item.errand {
                Errand::Restore { payload, expire_at_ms, replace } => {
                    // A key that has expired on the way expires there, at once.
                    let left_ms = |ms: u64| ms.saturating_sub(clock::now_ms()).max(1);
                    let ttl_ms = expire_at_ms.map_or(0, left_ms).to_string();
                    let words: [&[u8]; 5] =
                        [b"RESTORE", &item.key, ttl_ms.as_bytes(), payload, b"REPLACE"];
                    write_command(&mut out, &words[..if *replace { 5 } else { 4 }])?;
                }
                Errand::Remove => write_command(&mut out, &[b"DEL", &item.key])?,
            }
        }
        out.flush()
    }

    /// Reads an answer for each item, behind those to the greetings. An error of a greeting is
    /// the answer for all.
    fn read_answers(&mut self, items: &mut [Item], greetings: usize) -> io::Result<()> {
        let mut refusal = None;
        for _ in 0..greetings {
            if let Answer::Refused(error) = self.read_answer()? {
                refusal.get_or_insert(error);
            }
        }
        for item in items {
            let answer = self.read_answer()?;
            item.answer = refusal.clone().map_or(answer, Answer::Refused);
        }
        Ok(())
    }

    fn read_answer(&mut self) -> io::Result<Answer> {
        loop {
            let decoded = Decoder::new().decode(&self.bytes).map_err(io::Error::other)?;
            if let Some((value, used)) = decoded {
                self.bytes.drain(..used);
                return Ok(match value {
                    Value::Error(text) => Answer::Refused(String::from_utf8_lossy(&text).into()),
                    _ => Answer::Done,
                });
            }
            let mut buffer = [0; 4096];
            match self.stream.read(&mut buffer)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => self.bytes.extend_from_slice(&buffer[..read]),
            }
        }
    }
}

fn write_command(out: &mut impl Write, words: &[&[u8]]) -> io::Result<()> {
    write!(out, "*{}\r\n", words.len())?;
    for word in words {
        write!(out, "${}\r\n", word.len())?;
        out.write_all(word)?;
        out.write_all(b"\r\n")?;
    }
    Ok(())
}
