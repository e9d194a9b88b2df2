//! An engine with one worker, its clients, and a clock that the input moves.

use std::io::IoSlice;
use std::sync::Arc;

use engine::blocking::Waiter;
use engine::clients::ClientInfo;
use engine::config::{Choice, Config, KeyspaceEvents, MaxmemoryPolicy, Permission};
use engine::dispatch::{Outcome, Request};
use engine::engine::{Alert, Setup};
use engine::letter::Letter;
use engine::migration::Migration;
use engine::prefetch::Plan;
use engine::script::Pump;
use engine::session::ReplyMode;
use engine::{Engine, Session, Worker};
use resp::{Args, Batch, Decoder, Limits, Output, OwnedArgs, Parsed, Reply, RequestParser};

pub const CLIENTS: usize = 4;
pub const START_MS: u64 = 1_800_000_000_000;
/// Reads the log.
pub const OBSERVER: u64 = 1_000_000;
/// Short, so that a few bytes cannot ask for a lot of memory, nor two strings for a long LCS.
const BULK_MAX: usize = 1 << 12;
/// What fits into little memory, beside what there is at the beginning.
const ROOM_BYTES: u64 = 20_000;
/// Commands that are parsed at a time.
const BATCH: usize = 8;

/// Words of commands that may rightly take for ever, or a lot of memory.
const PATIENCE_NEEDED: [&[u8]; 6] =
    [b"rep", b"gsub", b"populate", b"proto-max", b"enable-debug", b"\"debug\""];
/// Those of scripts that may run until they are killed, which only read-only ones can be.
const LOOPS: [&[u8]; 4] = [b"while", b"repeat", b"for ", b"goto"];

/// What an input begins with. The other bits are the eviction policy.
pub mod option {
    /// Every change is logged.
    pub const LOG: u8 = 1;
    /// Every change is published.
    pub const EVENTS: u8 = 2;
    /// There is room for a few keys only.
    pub const LITTLE_MEMORY: u8 = 4;
    /// Clients have to say a password.
    pub const PASSWORD: u8 = 8;
    /// The input is a configuration file.
    pub const FILE: u8 = 32;
}

/// What else happens around a piece, by the upper bits of its head.
pub mod event {
    /// The client closes its connection first.
    pub const GONE: u8 = 1;
    /// A shard is busy while the piece comes.
    pub const BUSY: u8 = 2;
    /// The piece is looked at as a pipeline, with its keys fetched before.
    pub const PIPELINE: u8 = 3;
    /// What the server does outside of the engine fails.
    pub const FAILURE: u8 = 4;
}

pub struct Client {
    pub session: Session,
    parser: RequestParser,
    input: Vec<u8>,
    output: Output,
    waits: Option<Wait>,
}

/// What a client waits for, until when, and the command that it waits in.
struct Wait {
    waiter: Arc<Waiter>,
    until_ms: Option<u64>,
    args: OwnedArgs,
}

pub struct World {
    pub worker: Worker,
    pub clients: Vec<Client>,
    pub now_ms: u64,
    /// Every change is logged, from the beginning on.
    pub logs: bool,
    /// The client that waits for the snapshot.
    pub saving: Option<u64>,
    #[expect(clippy::vec_box, reason = "as the engine hands them out and takes them back")]
    pub migrations: Vec<Box<Migration>>,
    /// As it was when there was no client yet.
    pub config_version: u64,
}

impl World {
    pub fn new(options: u8) -> World {
        let setup = Setup { workers: 1, seed: 1, now_ms: START_MS, run_id: "0".repeat(40) };
        let engine = Arc::new(Engine::new(config(options), setup));
        let logs = options & option::LOG != 0;
        if logs {
            engine.log.attach(OBSERVER);
        }
        let mut worker = Worker::new(0, engine);
        worker.begin_turn(START_MS);
        let (clients, migrations) = (Vec::new(), Vec::new());
        let (now_ms, saving) = (START_MS, None);
        let config_version = worker.engine.config.version();
        let mut world = World { worker, clients, now_ms, logs, saving, migrations, config_version };
        for _ in 0..CLIENTS {
            let client = world.connect();
            world.clients.push(client);
        }
        if options & option::LITTLE_MEMORY != 0 {
            world.limit_memory();
        }
        world
    }

    /// Leaves room for a few keys beside what there is.
    fn limit_memory(&mut self) {
        let limit = structures::alloc::used_bytes() as u64 + ROOM_BYTES;
        let args: OwnedArgs =
            ["CONFIG", "SET", "maxmemory", &limit.to_string()].into_iter().collect();
        let mut admin = Session::new(Arc::default(), 0, true);
        let request = Request::new(args.as_args());
        self.worker.execute(&mut admin, request, &mut Output::new());
        self.deliver(false);
        self.config_version = self.worker.engine.config.version();
    }

    pub fn connect(&self) -> Client {
        let id = self.worker.engine.clients.next_id();
        let address = format!("127.0.0.1:{}", 50_000 + id);
        let info = ClientInfo::connected(id, address, "127.0.0.1:6379".into(), self.now_ms);
        let info = Arc::new(info);
        self.worker.engine.clients.add(&info);
        let authenticated = self.worker.config.security.requirepass.is_empty();
        Client {
            session: Session::new(info, 0, authenticated),
            parser: RequestParser::new(),
            input: Vec::new(),
            output: Output::new(),
            waits: None,
        }
    }

    /// What a server does by the clock: expired keys, clients that give up, snapshots.
    pub fn advance(&mut self, ms: u64, event: u8) {
        self.now_ms += ms;
        self.worker.begin_turn(self.now_ms);
        self.worker.expire_cycle(&mut || false);
        self.worker.sweep_leftovers();
        structures::alloc::fold();
        for index in 0..CLIENTS {
            let waits = &self.clients[index].waits;
            let over =
                waits.as_ref().filter(|wait| wait.until_ms.is_some_and(|ms| ms <= self.now_ms));
            if let Some(waiter) = over.map(|wait| wait.waiter.clone())
                && waiter.claim()
            {
                let reply = self.worker.timeout_reply(&waiter);
                self.wake(index, &reply);
            }
        }
        let samples = [self.now_ms, self.now_ms / 2, 0, 1];
        self.worker.engine.rates.add(self.now_ms, samples);
        self.sweep(event == event::FAILURE);
        self.settle(event == event::FAILURE);
        self.deliver(event == event::FAILURE);
    }

    /// A client has its reply: it goes on.
    pub fn wake(&mut self, index: usize, reply: &[u8]) {
        let client = &mut self.clients[index];
        client.output.extend_from_slice(reply);
        *client.session.info.waiter.lock() = None;
        if let Some(wait) = client.waits.take() {
            let cost = (0, reply.len() as u64);
            let (info, args) = (client.session.info.clone(), wait.args.as_args());
            self.worker.account_unblocked(&info, args, cost);
        }
        if let Some(waiter) = self.clients[index].session.blocked.take() {
            self.worker.forget_waiter(&waiter);
        }
        self.run(index, false);
    }

    pub fn send(&mut self, index: usize, bytes: &[u8], event: u8) {
        if event == event::GONE {
            self.clients[index].check_replies();
            self.reconnect(index);
        }
        self.clients[index].input.extend_from_slice(bytes);
        if event == event::BUSY && !self.clients[index].may_run_scripts() {
            let engine = self.worker.engine.clone();
            let busy = bytes.len() % engine.shards.len();
            let held = engine.shards.lock(busy).lock();
            self.run(index, false);
            drop(held);
        }
        self.run(index, event == event::PIPELINE);
        self.deliver(event == event::FAILURE);
        self.clients[index].check_replies();
    }

    /// Runs what is complete.
    fn run(&mut self, index: usize, pipeline: bool) {
        while self.clients[index].waits.is_none() && self.run_batch(index, pipeline) {}
        if self.clients[index].session.close_after_reply {
            self.clients[index].check_replies();
            self.reconnect(index);
        }
    }

    /// Runs a few commands. False where there is nothing more to run now.
    fn run_batch(&mut self, index: usize, pipeline: bool) -> bool {
        let Client { session, parser, input, .. } = &mut self.clients[index];
        let authenticated = session.authenticated;
        let limits = Limits { max_bulk: BULK_MAX, authenticated, ..Limits::default() };
        let mut batch = Batch::new();
        let parsed = parser.parse(input, &limits, &mut batch, if pipeline { BATCH } else { 1 });
        let mut plan = Plan::default();
        if pipeline {
            (0..batch.len()).for_each(|i| plan.add(&self.worker.engine, batch.args(i, input)));
            plan.fetch_buckets(&self.worker.engine, session.db);
            plan.fetch_entries();
        }
        let bytes = input.clone();
        let mut done = 0;
        let mut goes_on = !batch.is_empty();
        for i in 0..batch.len() {
            let args = batch.args(i, &bytes);
            let outcome = self.run_one(index, plan.request(i, args));
            if matches!(outcome, Outcome::Parked) {
                goes_on = false;
                break;
            }
            done = batch.end(i);
            if let Outcome::Blocked { waiter, until_ms } = outcome {
                self.clients[index].wait(waiter, until_ms, args);
                goes_on = false;
                break;
            }
            if self.clients[index].session.close_after_reply {
                goes_on = false;
                break;
            }
        }
        let whole = done == batch.len().checked_sub(1).map_or(0, |last| batch.end(last));
        let Client { session, parser, input, output, .. } = &mut self.clients[index];
        input.drain(..done);
        if whole {
            parser.consumed(done);
        } else {
            *parser = RequestParser::new();
        }
        if let Parsed::Error(error) = parsed
            && whole
            && !session.close_after_reply
        {
            output.extend_from_slice(&error.reply());
            session.close_after_reply = true;
        }
        goes_on
    }

    fn run_one(&mut self, index: usize, request: Request<'_>) -> Outcome {
        let Client { session, output, .. } = &mut self.clients[index];
        let args = request.args;
        if may_take_long(args) {
            return Outcome::Done;
        }
        let (before, mode) = (output.end(), session.reply_mode);
        let mut pump = Killer { engine: self.worker.engine.clone(), now_ms: 0 };
        let outcome = self.worker.execute_pumped(session, request, output, &mut pump);
        let silent = mode != ReplyMode::On || session.reply_mode != ReplyMode::On;
        let excused = silent || session.replica || !self.worker.outbox.actions.is_empty();
        match outcome {
            Outcome::Done => {
                let replied = output.end() > before || excused || needs_no_reply(args);
                assert!(replied, "no reply to {:?}", OwnedArgs::from(args));
            }
            Outcome::Parked | Outcome::Blocked { .. } => {
                assert!(output.end() == before, "a reply before its time");
            }
        }
        outcome
    }

    /// The client's connection ends, and another one begins.
    pub fn reconnect(&mut self, index: usize) {
        let new = self.connect();
        let mut old = std::mem::replace(&mut self.clients[index], new);
        self.worker.end_session(&mut old.session);
        self.worker.engine.clients.remove(old.session.info.id);
    }

    /// Brings letters and actions to where they go, until there are none.
    pub fn deliver(&mut self, failure: bool) {
        loop {
            let letters = std::mem::take(&mut self.worker.outbox.letters);
            let actions = std::mem::take(&mut self.worker.outbox.actions);
            if letters.is_empty() && actions.is_empty() {
                break;
            }
            actions.into_iter().for_each(|action| self.act(action, failure));
            letters.into_iter().for_each(|(_, letter)| self.hand_over(letter));
        }
        self.worker.outbox.log_grew = false;
        self.worker.outbox.log_released = false;
        for client in &mut self.clients {
            let id = client.session.info.id;
            self.worker.engine.log.read(id, usize::MAX, &mut |_| {});
        }
    }

    pub fn hand_over(&mut self, letter: Letter) {
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

    /// Whether commands are held back though no shard is busy.
    pub fn is_held_back(&self) -> bool {
        self.worker.engine.has_alert(Alert::Paused)
    }
}

/// The settings that the options of an input choose.
fn config(options: u8) -> Config {
    let mut config = Config::default();
    config.clients.proto_max_bulk_len_bytes = BULK_MAX as u64;
    config.security.enable_debug_command = Permission::Yes;
    config.security.enable_protected_configs = Permission::Yes;
    if options & option::EVENTS != 0 {
        config.clients.notify_keyspace_events = KeyspaceEvents::parse("KEAmn").unwrap_or_default();
    }
    if options & option::LITTLE_MEMORY != 0 {
        let policy = usize::from(options >> 5 & 6 | options >> 4 & 1);
        config.memory.maxmemory_policy = MaxmemoryPolicy::WORDS[policy].1;
    }
    if options & option::PASSWORD != 0 {
        config.security.requirepass = b"pw".to_vec();
    }
    config
}

fn needs_no_reply(args: Args<'_>) -> bool {
    let silent: [&[u8]; 4] = [b"shutdown", b"replconf", b"psync", b"sync"];
    silent.iter().any(|name| args.at(0).eq_ignore_ascii_case(name))
}

fn may_take_long(args: Args<'_>) -> bool {
    let has = |words: &[&[u8]]| {
        args.into_iter().any(|word| {
            let word = word.to_ascii_lowercase();
            words.iter().any(|part| word.windows(part.len()).any(|at| at == *part))
        })
    };
    has(&PATIENCE_NEEDED) || !args.at(0).to_ascii_lowercase().ends_with(b"_ro") && has(&LOOPS)
}

/// Lets a script run for long, and then kills it.
struct Killer {
    engine: Arc<Engine>,
    now_ms: u64,
}

impl Pump for Killer {
    fn now_ms(&mut self) -> u64 {
        self.now_ms += 3000;
        self.now_ms
    }

    fn serve(&mut self) {
        // One that has written cannot be killed, and has no loop.
        let _ = self.engine.scripts.kill();
    }
}

impl Client {
    fn wait(&mut self, waiter: Arc<Waiter>, until_ms: Option<u64>, args: Args<'_>) {
        self.session.blocked = Some(waiter.clone());
        *self.session.info.waiter.lock() = Some(waiter.clone());
        self.waits = Some(Wait { waiter, until_ms, args: args.into() });
    }

    /// Scripts alone may wait for a shard that is busy, and here it would stay so.
    fn may_run_scripts(&self) -> bool {
        let text = self.input.to_ascii_lowercase();
        self.session.transaction.is_some() || text.windows(4).any(|part| part == b"eval")
    }

    /// All that was written so far is whole replies. A replica's file is none.
    pub fn check_replies(&mut self) {
        let mut bytes = Vec::new();
        while !self.output.is_empty() {
            let mut slices = [IoSlice::new(&[]); 3];
            let filled = self.output.io_slices(&mut slices, 1 << 12);
            let before = bytes.len();
            slices[..filled].iter().for_each(|slice| bytes.extend_from_slice(slice));
            self.output.advance(bytes.len() - before);
        }
        self.output.shrink();
        self.output.shrink_idle(bytes.len().is_multiple_of(2));
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
