//! The event loop of one worker.
//!
//! ```text
//! poll -> sockets that are ready: read the next one, run this one -> parked commands again
//!      -> timers (blocked clients, expiry, idle clients) -> poll
//! ```
//!
//! # Invariants
//!
//! 1. The loop never waits for anything but `poll`: a busy shard parks a command, a slow client
//!    keeps its replies in its own buffer.
//! 2. What commands leave for others (`Worker::outbox`) goes out before their own replies do.

mod ahead;
mod members;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use engine::Worker;
use engine::letter::Letter;
use engine::snapshot::SavedPart;
use mio::{Events, Poll, Token};
use resp::{Output, Protocol, Reply};

use self::ahead::Ahead;
use crate::accept::{self, Listener};
use crate::busy::{Absent, LoopPump, Spare};
use crate::clock;
use crate::connection::{Connection, Desk, Hold, Next};
use crate::mail::Mail;
use crate::migrate::Courier;
use crate::shared::Shared;
use crate::shutdown::{Signal, Signals};
use crate::timers::Timers;

const WAKER: Token = Token(0);
const SIGNALS: Token = Token(1);
const FIRST_LISTENER: usize = 2;
const FIRST_CONNECTION: usize = 1024;
/// Rounds for which parked commands are tried again at once; after that, once in a millisecond: a
/// pause or a long script is what holds them back.
const PATIENCE: u32 = 64;
/// The longest sleep: idle clients and limits are looked at this often.
const TICK_MS: u64 = 100;
/// When a snapshot's writer that took no more is asked again.
const DISK_MS: u64 = 1;

/// What `poll` said of one socket.
#[derive(Clone)]
pub(crate) struct Heard {
    token: Token,
    /// There is something to read.
    pub readable: bool,
    /// There is room to write.
    pub writable: bool,
    /// The other side sends no more.
    pub finished: bool,
}

impl From<&mio::event::Event> for Heard {
    fn from(event: &mio::event::Event) -> Heard {
        Heard {
            token: event.token(),
            readable: event.is_readable(),
            writable: event.is_writable(),
            finished: event.is_read_closed() || event.is_error(),
        }
    }
}

/// One worker's thread.
pub struct EventLoop {
    pub(crate) poll: Poll,
    pub(crate) worker: Box<Worker>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) connections: Vec<Option<Box<Connection>>>,
    free: Vec<usize>,
    pub(crate) by_client: HashMap<u64, usize>,
    desk: Box<Desk>,
    /// What is prepared for the next connection.
    pub(crate) ahead: Ahead,
    /// Connections that run a command just now: more than one only inside a long script.
    pub(crate) absent: Vec<Absent>,
    pub(crate) spare: Option<Spare>,
    /// Connections with replies to write at the end of the turn.
    dirty: Vec<usize>,
    /// Connections that want another turn without being told.
    pub(crate) again: VecDeque<usize>,
    /// Rounds in a row in which all of them found their shards busy.
    fruitless: u32,
    pub(crate) timers: Timers,
    listeners: Vec<Listener>,
    /// A listener could not accept: ask again at the next tick.
    accept_again: bool,
    signals: Option<Signals>,
    /// A signal that could not be followed yet.
    pub(crate) signal_again: Option<Signal>,
    pub(crate) next_tick_ms: u64,
    pub(crate) next_expire_ms: u64,
    /// There are more expired keys than the last cycle could remove.
    pub(crate) expire_again: bool,
    /// There is more of a snapshot to sweep, or to give to its writer.
    pub(crate) sweeping: bool,
    /// What `part` holds is the last of this worker's part of a snapshot.
    pub(crate) swept: bool,
    /// The writer of the snapshot takes no more at the moment.
    pub(crate) disk_is_behind: bool,
    /// Removed values are still to be freed.
    pub(crate) disposing: bool,
    pub(crate) stopping: bool,
    letters: Vec<Mail>,
    /// Mail that was taken out of the mailbox and not read yet.
    mail: VecDeque<Mail>,
    /// What `poll` said and nobody acted on yet.
    heard: VecDeque<Heard>,
    /// Bytes of a snapshot that the writer has not taken yet.
    pub(crate) part: SavedPart,
    /// Migrations whose keys were busy when they were to be settled.
    pub(crate) unsettled: Vec<Courier>,
    /// Feeds of replicas: connections by client id.
    pub(crate) replicas: Vec<u64>,
}

impl EventLoop {
    /// The loop of worker `index`; its door's waker belongs to `poll`.
    pub fn new(index: usize, poll: Poll, shared: Arc<Shared>) -> EventLoop {
        let worker = Box::new(Worker::new(index, shared.engine.clone()));
        EventLoop {
            poll,
            worker,
            shared,
            connections: Vec::new(),
            free: Vec::new(),
            by_client: HashMap::new(),
            desk: Box::default(),
            ahead: Ahead::default(),
            absent: Vec::new(),
            spare: None,
            dirty: Vec::new(),
            again: VecDeque::new(),
            fruitless: 0,
            timers: Timers::default(),
            listeners: Vec::new(),
            accept_again: false,
            signals: None,
            signal_again: None,
            next_tick_ms: 0,
            next_expire_ms: 0,
            expire_again: false,
            sweeping: false,
            swept: false,
            disk_is_behind: false,
            disposing: false,
            stopping: false,
            letters: Vec::new(),
            mail: VecDeque::new(),
            heard: VecDeque::new(),
            part: SavedPart::default(),
            unsettled: Vec::new(),
            replicas: Vec::new(),
        }
    }

    /// The mailbox's token, for making its waker.
    pub const WAKER: Token = WAKER;

    /// Makes this worker the one that accepts connections and hears signals.
    pub fn take_doors(&mut self, listeners: Vec<Listener>, signals: Signals) -> io::Result<()> {
        self.add_listeners(listeners)?;
        let mut signals = signals;
        let interest = mio::Interest::READABLE;
        self.poll.registry().register(&mut signals.pipe, SIGNALS, interest)?;
        self.signals = Some(signals);
        Ok(())
    }

    /// Accepts connections at these sockets, too.
    pub(crate) fn add_listeners(&mut self, listeners: Vec<Listener>) -> io::Result<()> {
        for mut listener in listeners {
            let token = Token(FIRST_LISTENER + self.listeners.len());
            listener.register(self.poll.registry(), token)?;
            self.listeners.push(listener);
        }
        Ok(())
    }

    /// Accepts TCP connections no more.
    pub(crate) fn close_tcp_listeners(&mut self) {
        let (kept, _closed): (Vec<_>, Vec<_>) =
            self.listeners.drain(..).partition(|listener| matches!(listener, Listener::Unix(..)));
        for mut listener in kept {
            let token = Token(FIRST_LISTENER + self.listeners.len());
            // Its place in the list has changed, and its token with it.
            if listener.reregister(self.poll.registry(), token).is_ok() {
                self.listeners.push(listener);
            }
        }
    }

    /// Serves until the server ends.
    pub fn run(&mut self) {
        let mut events = Events::with_capacity(1024);
        while !self.stopping {
            let timeout = self.timeout();
            if let Err(error) = self.poll.poll(&mut events, Some(timeout))
                && error.kind() != io::ErrorKind::Interrupted
            {
                self.shared.log.warning(&format!("poll failed: {error}"));
            }
            self.worker.begin_turn(clock::now_ms());
            self.worker.counters().turns.add(1);
            self.hear(&events);
            self.try_again();
            self.read_mail();
            self.settle_again();
            self.run_timers();
            self.write_replies();
            self.sweep();
        }
        self.farewell();
    }

    /// Gives a turn to all for whom something arrived. One of them may run a script that takes
    /// long, so the rest waits where the rounds inside the script find it.
    pub(crate) fn hear(&mut self, events: &Events) {
        self.heard.extend(events.iter().map(Heard::from));
        while let Some(heard) = self.heard.pop_front() {
            match heard.token {
                WAKER => {}
                SIGNALS => self.hear_signals(),
                Token(token) if token < FIRST_CONNECTION => self.accept(token),
                Token(token) => self.hear_connection(token - FIRST_CONNECTION, &heard),
            }
        }
    }

    fn hear_connection(&mut self, index: usize, heard: &Heard) {
        if let Some(connection) = self.connection(index) {
            connection.notice(heard.readable, heard.writable, heard.finished);
            self.ahead.lay_out(index, &mut self.desk);
            self.look_ahead();
            self.turn(index);
            self.ahead.fetch_entries(&self.worker.engine);
        } else if let Some(absent) = self.absent(index) {
            absent.missed.push(heard.clone());
        }
    }

    /// Reads what has arrived for the next connection, so that what its commands need comes near
    /// while this one's run.
    fn look_ahead(&mut self) {
        let Some(heard) = self.heard.front_mut() else { return };
        let Some(index) = heard.token.0.checked_sub(FIRST_CONNECTION) else { return };
        let slot = self.connections.get_mut(index);
        let Some(connection) = slot.and_then(Option::as_deref_mut) else { return };
        connection.notice(heard.readable, heard.writable, heard.finished);
        // It is noticed once: after a short read nothing more is there.
        heard.readable &= !self.ahead.prepare(index, connection, &self.worker);
    }

    fn timeout(&self) -> Duration {
        if !self.again.is_empty() && self.fruitless >= PATIENCE {
            return Duration::from_millis(1);
        }
        if !self.again.is_empty()
            || self.expire_again
            || self.sweeping && !self.disk_is_behind
            || self.disposing
            || !self.unsettled.is_empty()
            || self.shared.doors[self.index()].is_rung()
        {
            return Duration::ZERO;
        }
        let now = clock::now_ms();
        let next =
            self.timers.next().unwrap_or(u64::MAX).min(self.next_tick_ms).min(self.next_expire_ms);
        let most = if self.sweeping { DISK_MS } else { TICK_MS };
        Duration::from_millis(next.saturating_sub(now).min(most))
    }

    pub(crate) fn index(&self) -> usize {
        self.worker.index
    }

    pub(crate) fn connection(&mut self, index: usize) -> Option<&mut Connection> {
        self.connections.get_mut(index)?.as_deref_mut()
    }

    pub(crate) fn connection_of(&mut self, client: u64) -> Option<(usize, &mut Connection)> {
        let index = *self.by_client.get(&client)?;
        Some((index, self.connections.get_mut(index)?.as_deref_mut()?))
    }

    /// Lends the worker and its desk to one connection, which is taken out meanwhile: if it runs a
    /// script that takes long, the loop goes on with a spare worker (`busy`).
    fn run_connection(&mut self, index: usize) -> Option<Next> {
        let mut connection = self.connections.get_mut(index)?.take()?;
        let Spare { worker, desk } = self.take_spare();
        let mut worker = std::mem::replace(&mut self.worker, worker);
        let mut desk = std::mem::replace(&mut self.desk, desk);
        self.absent.push(Absent::new(index, connection.session.info.id));
        let next = connection.turn(&mut worker, &mut desk, &mut LoopPump(self));
        let worker = std::mem::replace(&mut self.worker, worker);
        let desk = std::mem::replace(&mut self.desk, desk);
        self.spare = Some(Spare { worker, desk });
        self.connections[index] = Some(connection);
        // Invariant 2: letters before the reply that may cause an answer.
        self.shared.send_letters(&mut self.worker);
        for (until, waiter) in self.desk.blocked.drain(..) {
            self.timers.add(until, waiter.client);
        }
        if let Some(absent) = self.absent.pop() {
            self.catch_up(absent);
        }
        Some(next)
    }

    /// Gives one connection its turn.
    pub(crate) fn turn(&mut self, index: usize) {
        let Some(next) = self.run_connection(index) else { return };
        match next {
            Next::Wait => self.dirty.push(index),
            Next::Again => {
                self.dirty.push(index);
                self.again.push_back(index);
            }
            Next::Close => {
                // What was replied before the end still goes out.
                self.flush(index);
                self.close(index);
            }
        }
        if !self.worker.outbox.is_empty() {
            self.send_outbox();
        }
    }

    /// Connections that were parked, or that had more to do than one turn allows.
    pub(crate) fn try_again(&mut self) {
        let mut parked = 0;
        let count = self.again.len();
        for _ in 0..count {
            let Some(index) = self.again.pop_front() else { break };
            self.turn(index);
            parked += usize::from(
                self.connection(index).is_some_and(|connection| connection.hold == Hold::Parked),
            );
        }
        if self.again.is_empty() {
            // Nobody here waits for every shard any more, whoever said so.
            self.worker.withdraw();
        }
        if parked > 0 && parked == self.again.len() {
            // All that is left waits for others: let them have the processor.
            std::thread::yield_now();
            self.fruitless += 1;
        } else {
            self.fruitless = 0;
        }
    }

    fn accept(&mut self, token: usize) {
        let Some(listener) = self.listeners.get(token - FIRST_LISTENER) else { return };
        self.accept_again |= accept::accept_all(listener, &self.shared, &self.worker.config);
    }

    /// At a tick: listeners that ran out of file descriptors.
    pub(crate) fn accept_rest(&mut self) {
        if std::mem::take(&mut self.accept_again) {
            for i in 0..self.listeners.len() {
                self.accept(FIRST_LISTENER + i);
            }
        }
    }

    fn hear_signals(&mut self) {
        let Some(signal) = self.signals.as_mut().and_then(Signals::arrived) else { return };
        self.shared.log.notice(&format!("Received {} scheduling shutdown...", signal.name()));
        self.shut_down_by(signal);
    }

    pub(crate) fn read_mail(&mut self) {
        if !self.shared.doors[self.index()].is_rung() && self.mail.is_empty() {
            return;
        }
        let mut letters = std::mem::take(&mut self.letters);
        let index = self.index();
        self.shared.doors[index].take(&mut letters);
        self.mail.extend(letters.drain(..));
        self.letters = letters;
        while let Some(mail) = self.mail.pop_front() {
            match mail {
                Mail::Adopt(socket) => self.adopt(socket),
                Mail::Letter(letter) => self.deliver(letter),
                Mail::Released => self.flush_all(),
                Mail::Rebind { waiting, undo } => self.rebind(waiting, &undo),
                Mail::Migrated(courier) => self.settle(courier),
                Mail::Stop => self.stopping = true,
            }
        }
    }

    /// Hands out what commands left for others, and does what they left for the server.
    pub(crate) fn send_outbox(&mut self) {
        self.shared.send_letters(&mut self.worker);
        for action in std::mem::take(&mut self.worker.outbox.actions) {
            self.act(action);
        }
    }

    pub(crate) fn deliver(&mut self, letter: Letter) {
        let Some(letter) = self.keep_for_absent(letter) else { return };
        match letter {
            Letter::Message { client, message, offset } => {
                self.push(client, offset, |output, protocol| {
                    message.write(&mut Reply::new(output, protocol));
                });
            }
            Letter::LookAgain { client, at_ms } => self.timers.add(at_ms, client),
            Letter::Monitor { client, line } => {
                self.push(client, 0, |output, _| output.extend_from_slice(&line));
            }
            Letter::Unblocked { client, reply, offset } => {
                let Some((index, connection)) = self.connection_of(client) else { return };
                if connection.hold == Hold::Blocked {
                    self.resume(index, *reply, offset);
                }
            }
            Letter::Kill { client } => {
                if let Some((index, _)) = self.connection_of(client) {
                    self.close(index);
                }
            }
            Letter::LogGrew => self.feed(),
        }
    }

    fn push(&mut self, client: u64, offset: u64, write: impl FnOnce(&mut Output, Protocol)) {
        let Some(index) = self.by_client.get(&client).copied() else { return };
        let Some(connection) = self.connections[index].as_deref_mut() else { return };
        connection.push(offset, &self.worker, write);
        self.dirty.push(index);
    }

    /// Writes the replies of the turn: together, so that a client that waits for several
    /// connections is woken once.
    pub(crate) fn write_replies(&mut self) {
        let mut dirty = std::mem::take(&mut self.dirty);
        for index in dirty.drain(..) {
            self.flush(index);
        }
        self.dirty = dirty;
    }

    fn flush(&mut self, index: usize) {
        let Some(connection) = self.connections.get_mut(index).and_then(Option::as_deref_mut)
        else {
            return;
        };
        let failed = connection.flush(&self.worker).is_err();
        let (config, now_ms) = (&self.worker.config, self.worker.now_ms);
        let pending = !connection.output.is_empty();
        if failed || connection.is_done() || pending && connection.is_over_limit(config, now_ms) {
            self.close(index);
        } else if connection.can_write() {
            self.again.push_back(index);
        }
    }

    pub(crate) fn flush_all(&mut self) {
        (0..self.connections.len()).for_each(|index| self.flush(index));
    }

    /// Writes what clients have yet to get, as far as they take it at once.
    fn farewell(&mut self) {
        self.flush_all();
    }
}
