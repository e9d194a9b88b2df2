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
//! into the connection's own. So an idle connection has no buffers at all. The way out is in
//! `connection/writing.rs`.
//!
//! # Invariants
//!
//! 1. Replies leave in the order of their commands, and none before the log offset that it
//!    depends on is released (`gates`).
//! 2. `input` begins at the start of a command, and `parser` has read its first bytes.
//! 3. A blocked or parked connection runs no further command.

#[cfg(test)]
mod tests;
mod writing;

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use engine::blocking::Waiter;
use engine::dispatch::Outcome;
use engine::engine::Alert;
use engine::prefetch::Plan;
use engine::script::Pump;
use engine::{Session, Worker};
use resp::{Batch, Limits, Output, OwnedArgs, Parsed, Protocol, RequestParser};

use crate::socket::Socket;

/// Commands of one connection that run before others get their turn.
const COMMANDS_PER_TURN: usize = 4096;
/// Commands that are prefetched together.
const BATCH: usize = 64;
/// A single command with more words than this may have several keys to fetch together.
const WORTH_PLANNING: usize = 4;
/// Reads of one connection before others get their turn.
const READS_PER_TURN: usize = 4;

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
    /// What is known of the commands of the batch.
    pub plan: Plan,
    /// Clients that blocked: until when.
    pub blocked: Vec<(u64, Arc<Waiter>)>,
}

impl Default for Desk {
    fn default() -> Desk {
        let buffer = vec![0; 64 << 10].into_boxed_slice();
        Desk { buffer, batch: Batch::default(), plan: Plan::default(), blocked: Vec::new() }
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

    fn read_and_run(
        &mut self,
        worker: &mut Worker,
        desk: &mut Desk,
        pump: &mut dyn Pump,
    ) -> io::Result<Next> {
        if self.hold == Hold::Blocked {
            return if self.finished {
                Err(ErrorKind::ConnectionReset.into())
            } else {
                Ok(Next::Wait)
            };
        }
        if self.hold == Hold::Parked {
            self.hold = Hold::None;
        }
        if !self.input.is_empty() {
            self.run_input(worker, desk, pump)?;
        }
        for _ in 0..READS_PER_TURN {
            if !self.wants_more() {
                return Ok(self.next());
            }
            if !self.read_once(worker, desk, pump)? {
                return Ok(self.next());
            }
        }
        Ok(Next::Again)
    }

    fn wants_more(&self) -> bool {
        self.readable && self.hold == Hold::None && !self.session.close_after_reply
    }

    fn next(&self) -> Next {
        match self.hold {
            Hold::Parked => Next::Again,
            Hold::None if self.wants_more() => Next::Again,
            Hold::None | Hold::Blocked => Next::Wait,
        }
    }

    /// Reads once and runs what is complete. False where nothing came.
    fn read_once(
        &mut self,
        worker: &mut Worker,
        desk: &mut Desk,
        pump: &mut dyn Pump,
    ) -> io::Result<bool> {
        let read = if self.input.is_empty() {
            self.socket.read(&mut desk.buffer)
        } else {
            self.read_behind_input()
        };
        let read = match read {
            Ok(0) => return Err(ErrorKind::ConnectionReset.into()),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.readable = false;
                return Ok(false);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(true),
            Err(error) => return Err(error),
        };
        let counters = worker.counters();
        counters.reads.add(1);
        counters.bytes_in.add(read as u64);
        self.session.info.active_ms.set(worker.now_ms);
        self.session.info.totals[0].add(read as u64);
        if !self.input.is_empty() {
            self.run_input(worker, desk, pump)?;
            return Ok(true);
        }
        // A short read has emptied the socket, unless its end was announced together with it.
        self.readable = read == desk.buffer.len() || self.finished;
        let buffer = std::mem::take(&mut desk.buffer);
        let used = self.run(&buffer[..read], worker, desk, pump);
        if let Ok(used) = used
            && used < read
        {
            self.input.reserve_exact(self.hint.max(read - used));
            self.input.extend_from_slice(&buffer[used..read]);
        }
        desk.buffer = buffer;
        used.map(|_| true)
    }

    /// Reads behind the start of an unfinished command, as far as it is known to reach.
    fn read_behind_input(&mut self) -> io::Result<usize> {
        let room = self.hint.max(16 << 10);
        let before = self.input.len();
        self.input.reserve_exact(room);
        let result = (&mut self.socket).take(room as u64).read_to_end(&mut self.input);
        let read = self.input.len() - before;
        match result {
            // `read_to_end` stops at the limit, at the end of the stream, or with an error.
            Ok(_) | Err(_) if read > 0 => {
                self.readable = read == room || self.finished;
                Ok(read)
            }
            result => result,
        }
    }

    fn run_input(
        &mut self,
        worker: &mut Worker,
        desk: &mut Desk,
        pump: &mut dyn Pump,
    ) -> io::Result<()> {
        let mut input = std::mem::take(&mut self.input);
        let used = self.run(&input, worker, desk, pump)?;
        if used == input.len() {
            return Ok(());
        }
        input.drain(..used);
        if input.capacity() > 4 * (input.len() + self.hint) + 1024 {
            input.shrink_to(input.len() + self.hint);
        }
        self.input = input;
        Ok(())
    }

    /// Runs the complete commands of `bytes` and gives how many bytes they were. Between a hold
    /// and the next call the parser begins anew at the first command that did not run.
    fn run(
        &mut self,
        bytes: &[u8],
        worker: &mut Worker,
        desk: &mut Desk,
        pump: &mut dyn Pump,
    ) -> io::Result<usize> {
        let mut used = 0;
        let mut left = COMMANDS_PER_TURN;
        while left > 0 && self.hold == Hold::None && !self.session.close_after_reply {
            let limits = self.limits(worker);
            let most = if self.session.authenticated { BATCH } else { 1 };
            desk.batch.clear();
            let rest = &bytes[used..];
            let parsed = self.parser.parse(rest, &limits, &mut desk.batch, most);
            let (ran, end) = self.run_batch(rest, worker, desk, pump);
            left = left.saturating_sub(ran);
            used += end;
            if ran < desk.batch.len() {
                self.parser = RequestParser::default();
                break;
            }
            self.parser.consumed(end);
            match parsed {
                Parsed::Full => {}
                Parsed::NeedMore { hint } => {
                    self.hint = hint;
                    self.check_query_buffer(rest.len() - end, worker)?;
                    break;
                }
                Parsed::Error(error) => {
                    worker.counters().count_error("ERR");
                    self.output.extend_from_slice(&error.reply());
                    self.session.close_after_reply = true;
                    return Ok(bytes.len());
                }
            }
        }
        if left == 0 {
            self.readable = true;
        }
        Ok(used)
    }

    /// Runs the batch: how many commands ran, and where the last of them ends.
    fn run_batch(
        &mut self,
        bytes: &[u8],
        worker: &mut Worker,
        desk: &mut Desk,
        pump: &mut dyn Pump,
    ) -> (usize, usize) {
        let Desk { batch, plan, .. } = desk;
        let count = batch.len();
        if count == 0 {
            return (0, 0);
        }
        plan.clear();
        if count > 1 || batch.args(0, bytes).len() > WORTH_PLANNING {
            let (engine, db) = (&*worker.engine, self.session.db);
            (0..count).for_each(|i| plan.add(engine, batch.args(i, bytes)));
            plan.fetch_buckets(engine, db);
            plan.fetch_entries();
        }
        worker.begin_batch();
        let before = self.output.end();
        let (ran, end) = self.run_each(bytes, worker, desk, pump);
        self.gate(before, self.session.depends_on, worker);
        let info = &self.session.info;
        info.last_command.set(worker.counters().running.value());
        let blocked = usize::from(self.hold == Hold::Blocked);
        if ran > 0 && self.hold == Hold::None && info.blocked.load(Ordering::Relaxed) {
            self.show_blocked(false);
        }
        let info = &self.session.info;
        info.totals[2].add((ran - blocked) as u64);
        (ran, end)
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

    fn limits(&self, worker: &Worker) -> Limits {
        Limits {
            max_bulk: worker.config.clients.proto_max_bulk_len_bytes as usize,
            authenticated: self.session.authenticated,
            ..Limits::default()
        }
    }

    fn check_query_buffer(&mut self, pending: usize, worker: &Worker) -> io::Result<()> {
        let limit = worker.config.clients.client_query_buffer_limit_bytes as usize;
        if pending + self.parser.memory() <= limit {
            return Ok(());
        }
        worker.counters().query_limit_closes.add(1);
        Err(ErrorKind::OutOfMemory.into())
    }

    /// Continues after a block: the reply is there.
    pub fn resume(&mut self, reply: &[u8], offset: u64, worker: &Worker) {
        let session = &mut self.session;
        session.offset = session.offset.max(offset);
        session.depends_on = session.depends_on.max(offset);
        let depends_on = session.depends_on;
        self.push(depends_on, worker, |output, _| output.extend_from_slice(reply));
        self.session.blocked = None;
        self.hold = Hold::None;
        self.blocked_until_ms = None;
        self.show_blocked(false);
        let info = &self.session.info;
        info.blocks_for_a_time.store(false, Ordering::Relaxed);
        *info.waiter.lock() = None;
    }
}
