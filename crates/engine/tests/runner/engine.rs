//! The engine in this process: one worker, a clock that moves only when told to.

use std::sync::Arc;

use engine::blocking::Waiter;
use engine::clients::ClientInfo;
use engine::config::{Config, KeyspaceEvents, Permission};
use engine::dispatch::{Outcome, Request};
use engine::engine::Setup;
use engine::letter::Letter;
use engine::pubsub::Scope;
use engine::{Engine, Session, Worker};
use resp::{Decoder, Output, OwnedArgs, Reply, Value, quote};

use super::transcript::{Target, Transcript, seen};

/// 2027-01-15 08:00:00 UTC.
const START_MS: u64 = 1_800_000_000_000;
/// Reads the log, and gets the events.
const OBSERVER: u64 = 1_000_000;

/// A client.
struct Client {
    session: Session,
    waits: Option<(Arc<Waiter>, Option<u64>)>,
}

/// The engine with its clients.
pub struct InProcess {
    worker: Worker,
    now_ms: u64,
    clients: Vec<Client>,
    events: Vec<String>,
    /// When clients look at what they wait for.
    looks: Vec<(u64, u64)>,
}

impl InProcess {
    /// An engine without keys. The log and events are on where the transcript looks at them.
    pub fn new(transcript: &Transcript) -> InProcess {
        let mut config = Config::default();
        config.security.enable_debug_command = Permission::Yes;
        if transcript.looks_at_events() {
            let all = KeyspaceEvents::parse("EAmn").expect("known letters");
            config.clients.notify_keyspace_events = all;
        }
        let run_id = "0123456789abcdef0123456789abcdef01234567".to_owned();
        let setup = Setup { workers: 1, seed: 1, now_ms: START_MS, run_id };
        let engine = Arc::new(Engine::new(config, setup));
        if transcript.looks_at_log() {
            engine.log.attach(OBSERVER);
        }
        engine.pubsub.subscribe(Scope::Pattern, b"__keyevent@*__:*", (0, OBSERVER));
        let mut worker = Worker::new(0, engine);
        worker.begin_turn(START_MS);
        InProcess {
            worker,
            now_ms: START_MS,
            clients: Vec::new(),
            events: Vec::new(),
            looks: Vec::new(),
        }
    }

    fn client(&mut self, number: usize) -> &mut Client {
        while self.clients.len() < number {
            let id = self.worker.engine.clients.next_id();
            let address = format!("127.0.0.1:{}", 50_000 + id);
            let local_address = "127.0.0.1:6379".into();
            let info = ClientInfo::connected(id, address, local_address, self.now_ms);
            let info = Arc::new(info);
            self.worker.engine.clients.add(&info);
            let session = Session::new(info, 0, true);
            self.clients.push(Client { session, waits: None });
        }
        &mut self.clients[number - 1]
    }

    fn number_of(&self, id: u64) -> Option<usize> {
        self.clients.iter().position(|client| client.session.info.id == id).map(|at| at + 1)
    }

    /// Delivers what commands left for others, and gives what those see.
    fn deliver(&mut self) -> Vec<String> {
        let letters = std::mem::take(&mut self.worker.outbox.letters);
        self.worker.outbox.actions.clear();
        let mut lines = Vec::new();
        for (_, letter) in letters {
            match letter {
                Letter::Message { client, message, .. } if client == OBSERVER => {
                    let event = message.channel.rsplit(|byte| *byte == b':').next();
                    let event = String::from_utf8_lossy(event.unwrap_or_default()).into_owned();
                    self.events.push(format!("{event} {}", quote::repr_string(&message.text)));
                }
                Letter::Message { client, message, .. } => {
                    let number = self.number_of(client);
                    let Some(number) = number else { continue };
                    let mut out = Output::new();
                    let protocol = self.client(number).session.protocol;
                    message.write(&mut Reply::new(&mut out, protocol));
                    lines.extend(show(Some(number), &out.take_all()));
                }
                Letter::Unblocked { client, mut reply, .. } => {
                    let Some(number) = self.number_of(client) else { continue };
                    self.client(number).waits = None;
                    *self.client(number).session.info.waiter.lock() = None;
                    self.client(number).session.blocked = None;
                    lines.extend(show(Some(number), &reply.take_all()));
                }
                Letter::LookAgain { client, at_ms } => self.looks.push((at_ms, client)),
                Letter::Monitor { client, line } => {
                    let Some(number) = self.number_of(client) else { continue };
                    lines.extend(show(Some(number), &line));
                }
                Letter::Kill { client } => {
                    let Some(number) = self.number_of(client) else { continue };
                    self.worker.engine.clients.remove(client);
                    lines.push(format!("{number}> (closed)"));
                }
                other => lines.push(format!("{other:?}")),
            }
        }
        lines
    }

    /// Lets clients look at what they wait for, at the moments that they were told of.
    fn look_again(&mut self) {
        let (due, later) = self.looks.iter().partition(|(at_ms, _)| *at_ms <= self.now_ms);
        let due: Vec<(u64, u64)> = due;
        self.looks = later;
        for (_, client) in due {
            let number = self.number_of(client).expect("a client that waits");
            if let Some(waiter) = self.client(number).session.blocked.clone()
                && !self.worker.look_again(&waiter)
            {
                self.looks.push((self.now_ms + 1, client));
            }
        }
    }

    /// Ends the waits whose time is over.
    fn end_waits(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        for number in 1..=self.clients.len() {
            let now_ms = self.now_ms;
            let client = self.client(number);
            let over = client.waits.take_if(|(_, until)| until.is_some_and(|ms| ms <= now_ms));
            if let Some((waiter, _)) = over
                && waiter.claim()
            {
                client.session.blocked = None;
                let mut out = Output::new();
                waiter.write_timeout(&mut Reply::new(&mut out, client.session.protocol));
                lines.extend(show(Some(number), &out.take_all()));
                self.worker.forget_waiter(&waiter);
            }
        }
        lines
    }
}

impl Target for InProcess {
    fn ask(&mut self, number: usize, args: &OwnedArgs) -> Vec<String> {
        self.client(number);
        let mut out = Output::new();
        let client = &mut self.clients[number - 1];
        let request = Request::new(args.as_args());
        let outcome = self.worker.execute(&mut client.session, request, &mut out);
        let mut lines = show(None, &out.take_all());
        match outcome {
            Outcome::Done if client.session.close_after_reply => lines.push("(closed)".to_owned()),
            Outcome::Done => {}
            Outcome::Parked => lines.push("(parked)".to_owned()),
            Outcome::Blocked { waiter, until_ms } => {
                client.session.blocked = Some(waiter.clone());
                *client.session.info.waiter.lock() = Some(waiter.clone());
                client.waits = Some((waiter, until_ms));
                lines.push("(blocked)".to_owned());
            }
        }
        lines.extend(self.deliver());
        lines
    }

    fn advance(&mut self, ms: u64) -> Vec<String> {
        self.now_ms += ms;
        self.worker.begin_turn(self.now_ms);
        self.look_again();
        let mut lines = self.deliver();
        lines.extend(self.end_waits());
        lines
    }

    fn log(&mut self) -> Option<Vec<String>> {
        let mut bytes = Vec::new();
        let log = &self.worker.engine.log;
        log.read(OBSERVER, usize::MAX, &mut |part| bytes.extend_from_slice(part));
        Some(decode(&bytes).iter().map(as_command).collect())
    }

    fn events(&mut self) -> Option<Vec<String>> {
        Some(std::mem::take(&mut self.events))
    }

    fn is_foreign(&self) -> bool {
        false
    }
}

fn show(client: Option<usize>, bytes: &[u8]) -> Vec<String> {
    decode(bytes).iter().flat_map(|value| seen(client, value)).collect()
}

fn decode(mut bytes: &[u8]) -> Vec<Value> {
    let mut values = Vec::new();
    while !bytes.is_empty() {
        let decoded = Decoder::new().decode(bytes).expect("what is written can be read");
        let (value, used) = decoded.expect("whole replies are written");
        bytes = &bytes[used..];
        values.push(value);
    }
    values
}

/// A logged command in words, quoted where it must be.
fn as_command(value: &Value) -> String {
    let words = value.as_slice().unwrap_or_default().iter().map(|word| {
        let bytes = word.as_bytes().unwrap_or_default();
        let plain = !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_graphic() && *b != b'"');
        let quoted = quote::repr_string(bytes);
        if plain { String::from_utf8_lossy(bytes).into_owned() } else { quoted }
    });
    words.collect::<Vec<_>>().join(" ")
}
