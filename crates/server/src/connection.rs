//! One client's connection: bytes in, commands to the engine, bytes out.
//!
//! ```text
//!              readable                 all replies written
//!   [open] ----------------> [open]  ---------------------------> [open]
//!     |  command blocks         ^
//!     v  (wait)                 | served, timed out, unblocked (resume)
//!   [blocked] ------------------+
//!     |  shard busy, paused
//!     v  (park)                  tried again next turn
//!   [parked] -------------------> [open]
//! ```
//!
//! Bytes are read into a buffer of the worker; only what is left of an unfinished command moves
//! into the connection's own. So an idle connection has no buffers at all. The way in is in
//! `connection/reading.rs`, the way out in `connection/writing.rs`.
//!
//! # Invariants
//!
//! 1. Replies leave in the order of their commands, and none before the log offset that it
//!    depends on is released (`gates`).
//! 2. `input` begins at the start of a command, and `parser` has read its first bytes.
//! 3. A blocked or parked connection runs no further command.

mod reading;
#[cfg(test)]
mod tests;
mod writing;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use engine::blocking::Waiter;
use engine::dispatch::Outcome;
use engine::engine::Alert;
use engine::prefetch::Plan;
use engine::script::Pump;
use engine::{Engine, Session, Worker};
use resp::{Batch, Output, OwnedArgs, Parsed, Protocol, RequestParser};

use crate::socket::Socket;

/// Why a connection does not run commands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hold {
    /// It runs them.
    None,
    /// It waits for a key.
    Blocked,
    /// It waits for a shard, or for the end of a pause.
    Parked,
}

/// What a connection wants after its turn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// To be told when something arrives.
    Wait,
    /// Another turn soon.
    Again,
    /// To be closed.
    Close,
}

/// One client's connection.
pub struct Connection {
    /// The stream.
    pub socket: Socket,
    /// The client's command state.
    pub session: Session,
    parser: RequestParser,
    input: Vec<u8>,
    /// What is yet to be sent.
    pub output: Output,
    /// Positions in the output, with the log offset that must be released before what ends there
    /// may leave.
    gates: VecDeque<(u64, u64)>,
    /// The position up to which the gates are open.
    open_until: u64,
    /// Why it does not run commands.
    pub hold: Hold,
    /// The deadline of the command it is blocked in.
    pub blocked_until_ms: Option<u64>,
    /// The command it is blocked in, and what that took before.
    pub blocked_in: Option<(OwnedArgs, u64)>,
    /// The socket may hold more than was read.
    readable: bool,
    /// The socket takes no more at the moment.
    congested: bool,
    /// The other side will send no more.
    pub finished: bool,
    /// When its output first was above the soft limit.
    pub soft_limit_since_ms: Option<u64>,
    hint: usize,
}

/// What a worker lends to the connection whose turn it is.
pub struct Desk {
    /// For reading.
    pub buffer: Box<[u8]>,
    /// For parsing.
    pub batch: Batch,
    /// What was read and parsed for the connection whose turn it is.
    pub prepared: Option<Prepared>,
    /// What is known of the commands of the batch.
    pub plan: Plan,
    /// Clients that blocked: until when.
    pub blocked: Vec<(u64, Arc<Waiter>)>,
}

/// What was read and parsed before its turn.
pub struct Prepared {
    read: usize,
    parsed: Parsed,
}

impl Default for Desk {
    fn default() -> Desk {
        let buffer = vec![0; 64 << 10].into_boxed_slice();
        let (batch, plan, blocked) = (Batch::default(), Plan::default(), Vec::new());
        Desk { buffer, batch, prepared: None, plan, blocked }
    }
}

impl Desk {
    /// Asks for what was prepared and lies behind the buckets of its keys.
    pub fn fetch_ahead(&self, engine: &Engine) {
        self.plan.fetch_entries();
        if let Some(prepared) = &self.prepared {
            self.fetch_places(engine, &self.buffer[..prepared.read]);
        }
    }

    fn fetch_places(&self, engine: &Engine, bytes: &[u8]) {
        self.plan.fetch_places(engine, |i| self.batch.args(i, bytes));
    }
}

impl Connection {
    /// A new connection.
    pub fn new(socket: Socket, session: Session) -> Connection {
        Connection {
            socket,
            session,
            parser: RequestParser::default(),
            input: Vec::new(),
            output: Output::default(),
            gates: VecDeque::new(),
            open_until: 0,
            hold: Hold::None,
            blocked_until_ms: None,
            blocked_in: None,
            readable: true,
            congested: false,
            finished: false,
            soft_limit_since_ms: None,
            hint: 0,
        }
    }

    /// The socket has something, or room.
    pub fn notice(&mut self, readable: bool, writable: bool, finished: bool) {
        self.readable |= readable;
        self.congested &= !writable;
        self.finished |= finished;
    }

    /// A turn: reads and runs what there is; the loop writes the replies when all had their turn.
    /// `pump` serves others while a script takes long.
    pub fn turn(&mut self, worker: &mut Worker, desk: &mut Desk, pump: &mut dyn Pump) -> Next {
        let next = self.read_and_run(worker, desk, pump).unwrap_or(Next::Close);
        let info = &self.session.info;
        info.query_bytes[0].set(self.input.len() as u64);
        info.query_bytes[1].set((self.input.capacity() - self.input.len()) as u64);
        next
    }

    /// Whether all replies are written and the connection should go.
    pub fn is_done(&self) -> bool {
        self.session.close_after_reply && self.output.is_empty()
    }

    fn run_each(
        &mut self,
        bytes: &[u8],
        worker: &mut Worker,
        desk: &mut Desk,
        pump: &mut dyn Pump,
    ) -> (usize, usize) {
        let Desk { batch, blocked, plan, .. } = desk;
        let count = batch.len();
        let mut end = 0;
        for i in 0..count {
            let request = plan.request(i, batch.args(i, bytes));
            match worker.execute_pumped(&mut self.session, request, &mut self.output, pump) {
                Outcome::Done => end = batch.end(i),
                Outcome::Parked => {
                    self.hold = Hold::Parked;
                    self.show_blocked(worker.engine.has_alert(Alert::Paused));
                    return (i, end);
                }
                Outcome::Blocked { waiter, until_ms } => {
                    self.blocked_in = Some((request.args.into(), worker.blocked_ticks()));
                    self.block(waiter, until_ms, blocked);
                    return (i + 1, batch.end(i));
                }
            }
            if self.session.close_after_reply {
                return (i + 1, end);
            }
        }
        (count, end)
    }

    fn block(
        &mut self,
        waiter: Arc<Waiter>,
        until_ms: Option<u64>,
        blocked: &mut Vec<(u64, Arc<Waiter>)>,
    ) {
        self.hold = Hold::Blocked;
        self.blocked_until_ms = until_ms;
        if let Some(until) = until_ms {
            blocked.push((until, waiter.clone()));
        }
        self.show_blocked(true);
        let info = &self.session.info;
        info.blocks_for_a_time.store(until_ms.is_some(), Ordering::Relaxed);
        *info.waiter.lock() = Some(waiter.clone());
        self.session.blocked = Some(waiter);
    }

    /// Tells who lists clients whether this one waits.
    fn show_blocked(&self, blocked: bool) {
        self.session.info.blocked.store(blocked, Ordering::Relaxed);
    }

    /// Holds what was written since `from` back until the log is released up to an offset
    /// (invariant 1).
    #[inline]
    fn gate(&mut self, from: u64, offset: u64, worker: &Worker) {
        if offset > worker.engine.log.watermark() && from < self.output.end() {
            self.close_gate(from, offset);
        }
    }

    #[cold]
    fn close_gate(&mut self, from: u64, offset: u64) {
        match self.gates.back() {
            None => self.open_until = from,
            // What lies between waits for the gates before it alone.
            Some((end, _)) if *end < from => self.gates.push_back((from, 0)),
            Some(_) => {}
        }
        self.gates.push_back((self.output.end(), offset));
    }

    /// Something for the client that is no reply, between two of them. It waits for the log like
    /// a reply, and so does all that comes after it.
    pub fn push(
        &mut self,
        offset: u64,
        worker: &Worker,
        write: impl FnOnce(&mut Output, Protocol),
    ) {
        let from = self.output.end();
        write(&mut self.output, self.session.protocol);
        self.gate(from, offset, worker);
    }

    /// Continues after a block: the reply is there.
    pub fn resume(&mut self, reply: Output, offset: u64, worker: &Worker) {
        let session = &mut self.session;
        session.offset = session.offset.max(offset);
        session.depends_on = session.depends_on.max(offset);
        let depends_on = session.depends_on;
        self.push(depends_on, worker, |output, _| output.append(reply));
        self.session.blocked = None;
        self.hold = Hold::None;
        self.blocked_until_ms = None;
        self.show_blocked(false);
        let info = &self.session.info;
        info.blocks_for_a_time.store(false, Ordering::Relaxed);
        *info.waiter.lock() = None;
    }
}
