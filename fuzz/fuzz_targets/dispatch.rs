//! Whatever clients send, the engine answers with whole replies and goes on.
//!
//! The input is cut at the byte 0xFF. The first byte of each piece says which client sends the
//! rest (its low bits) and how far the clock moves before (the others).

#![no_main]

use std::sync::Arc;

use engine::blocking::Waiter;
use engine::clients::ClientInfo;
use engine::config::Config;
use engine::dispatch::{Outcome, Request};
use engine::engine::Setup;
use engine::letter::Letter;
use engine::sweep::Progress;
use engine::{Engine, Session, Worker};
use libfuzzer_sys::fuzz_target;
use resp::{Batch, Decoder, Limits, Output, Parsed, Reply, RequestParser};

const CLIENTS: usize = 4;
const SEPARATOR: u8 = 0xFF;
const START_MS: u64 = 1_800_000_000_000;
/// Short, so that a few bytes cannot ask for a lot of memory.
const BULK_MAX: usize = 1 << 16;

/// Words of commands that may rightly take for ever, or a lot of memory.
const PATIENCE_NEEDED: [&[u8]; 8] =
    [b"while", b"repeat", b"for ", b"rep", b"goto", b"gsub", b"populate", b"proto-max"];

fuzz_target!(|input: &[u8]| {
    let mut world = World::new();
    for piece in input.split(|byte| *byte == SEPARATOR) {
        let Some((&head, bytes)) = piece.split_first() else { continue };
        world.advance(u64::from(head >> 2));
        world.send(usize::from(head) % CLIENTS, bytes);
    }
});

struct Client {
    session: Session,
    parser: RequestParser,
    input: Vec<u8>,
    output: Output,
    waits: Option<(Arc<Waiter>, Option<u64>)>,
}

struct World {
    worker: Worker,
    clients: Vec<Client>,
    now_ms: u64,
}

impl World {
    fn new() -> World {
        let mut config = Config::default();
        config.clients.proto_max_bulk_len_bytes = BULK_MAX as u64;
        let setup = Setup { workers: 1, seed: 1, now_ms: START_MS, run_id: "0".repeat(40) };
        let worker = Worker::new(0, Arc::new(Engine::new(config, setup)));
        let mut world = World { worker, clients: Vec::new(), now_ms: START_MS };
        for _ in 0..CLIENTS {
            let client = world.connect();
            world.clients.push(client);
        }
        world
    }

    fn connect(&self) -> Client {
        let id = self.worker.engine.clients.next_id();
        let info = Arc::new(ClientInfo { id, created_ms: self.now_ms, ..Default::default() });
        self.worker.engine.clients.add(&info);
        Client {
            session: Session::new(info, 0, true),
            parser: RequestParser::new(),
            input: Vec::new(),
            output: Output::new(),
            waits: None,
        }
    }

    /// What a server does by the clock: expired keys, clients that give up, snapshots.
    fn advance(&mut self, ms: u64) {
        self.now_ms += ms;
        self.worker.begin_turn(self.now_ms);
        self.worker.expire_cycle(&mut || false);
        for index in 0..CLIENTS {
            let waits = &mut self.clients[index].waits;
            let over = waits.take_if(|(_, until)| until.is_some_and(|ms| ms <= self.now_ms));
            if let Some((waiter, _)) = over
                && waiter.claim()
            {
                let reply = self.worker.timeout_reply(&waiter);
                self.wake(index, &reply);
            }
        }
        let mut part = Vec::new();
        if self.worker.sweep(&mut part, &mut || false) == Progress::Done {
            self.worker.engine.snapshots.end(true, self.now_ms);
        }
        self.deliver();
    }

    fn wake(&mut self, index: usize, reply: &[u8]) {
        let client = &mut self.clients[index];
        client.waits = None;
        client.output.extend_from_slice(reply);
        if let Some(waiter) = client.session.blocked.take() {
            self.worker.forget_waiter(&waiter);
        }
        self.run(index);
    }

    fn send(&mut self, index: usize, bytes: &[u8]) {
        self.clients[index].input.extend_from_slice(bytes);
        self.run(index);
        self.deliver();
        self.clients[index].check_replies();
    }

    /// Runs what is complete, one command at a time.
    fn run(&mut self, index: usize) {
        while self.clients[index].waits.is_none() && self.run_one(index) {}
        if self.clients[index].session.close_after_reply {
            self.clients[index].check_replies();
            self.reconnect(index);
        }
    }

    /// False where there is nothing more to run now.
    fn run_one(&mut self, index: usize) -> bool {
        let Client { session, parser, input, output, waits } = &mut self.clients[index];
        let limits = Limits {
            max_bulk: BULK_MAX,
            authenticated: session.authenticated,
            ..Limits::default()
        };
        let mut batch = Batch::new();
        let parsed = parser.parse(input, &limits, &mut batch, 1);
        if let Parsed::Error(error) = parsed {
            output.extend_from_slice(&error.reply());
            session.close_after_reply = true;
        }
        if batch.is_empty() {
            return false;
        }
        let args = batch.args(0, input);
        if !may_take_long(args) {
            match self.worker.execute(session, Request::new(args), output) {
                Outcome::Done => {}
                Outcome::Parked => {
                    *parser = RequestParser::new();
                    return false;
                }
                Outcome::Blocked { waiter, until_ms } => {
                    session.blocked = Some(waiter.clone());
                    *waits = Some((waiter, until_ms));
                }
            }
        }
        let end = batch.end(0);
        input.drain(..end);
        parser.consumed(end);
        !session.close_after_reply
    }

    fn reconnect(&mut self, index: usize) {
        let new = self.connect();
        let mut old = std::mem::replace(&mut self.clients[index], new);
        self.worker.end_session(&mut old.session);
        self.worker.engine.clients.remove(old.session.info.id);
    }

    fn deliver(&mut self) {
        while !self.worker.outbox.letters.is_empty() {
            for (_, letter) in std::mem::take(&mut self.worker.outbox.letters) {
                self.hand_over(letter);
            }
        }
        self.worker.outbox.actions.clear();
        self.worker.outbox.log_grew = false;
    }

    fn hand_over(&mut self, letter: Letter) {
        let of = |client: u64| move |other: &Client| other.session.info.id == client;
        let Some(client) = letter.client() else { return };
        let Some(index) = self.clients.iter().position(of(client)) else { return };
        let Client { session, output, waits, .. } = &mut self.clients[index];
        match letter {
            Letter::Message { message, .. } => {
                message.write(&mut Reply::new(output, session.protocol));
            }
            Letter::Monitor { line, .. } => output.extend_from_slice(&line),
            Letter::Unblocked { reply, .. } if waits.is_some() => self.wake(index, &reply),
            Letter::Kill { .. } => self.reconnect(index),
            Letter::Unblocked { .. } | Letter::LogGrew => {}
        }
    }
}

fn may_take_long(args: resp::Args<'_>) -> bool {
    args.into_iter().any(|word| {
        let word = word.to_ascii_lowercase();
        PATIENCE_NEEDED.iter().any(|part| word.windows(part.len()).any(|at| at == *part))
    })
}

impl Client {
    /// All that was written so far is whole replies. A replica's file is none.
    fn check_replies(&mut self) {
        let bytes = self.output.to_vec();
        self.output.advance(bytes.len());
        if self.session.replica {
            return;
        }
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let decoded = Decoder::new().decode(rest).expect("what is written can be read");
            let (_, used) = decoded.expect("whole replies are written");
            rest = &rest[used..];
        }
    }
}
