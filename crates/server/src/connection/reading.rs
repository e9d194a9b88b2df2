//! The way in of a connection: bytes become batches of commands, and batches run.
//!
//! While one connection's commands run, the next one's are already read (`prepare`): what they
//! need comes near meanwhile.

use std::io::{self, ErrorKind, Read};
use std::sync::atomic::Ordering;

use engine::Worker;
use engine::script::Pump;
use resp::{Limits, Parsed, RequestParser};

use super::{Connection, Desk, Hold, Next, Prepared};

/// Commands of one connection that run before others get their turn.
const COMMANDS_PER_TURN: usize = 4096;
/// Commands that are prefetched together.
const BATCH: usize = 64;
/// A single command with more words than this may have several keys to fetch together.
const WORTH_PLANNING: usize = 4;
/// Reads of one connection before others get their turn.
const READS_PER_TURN: usize = 4;

impl Connection {
    /// Reads and runs what there is, as far as one turn goes.
    pub(super) fn read_and_run(
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
            if desk.prepared.is_none() && !self.wants_more() {
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
            // Its end may have been announced together with the command that blocks.
            Hold::Blocked if self.finished => Next::Close,
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
        let read = match &desk.prepared {
            Some(prepared) => prepared.read,
            None => match self.read(&mut desk.buffer) {
                Ok(0) => return Err(ErrorKind::ConnectionReset.into()),
                Ok(read) => {
                    self.count_read(read, worker);
                    read
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.readable = false;
                    return Ok(false);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(true),
                Err(error) => return Err(error),
            },
        };
        if !self.input.is_empty() {
            self.run_input(worker, desk, pump)?;
            return Ok(true);
        }
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

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.input.is_empty() {
            return self.read_behind_input();
        }
        let read = self.socket.read(buffer)?;
        // A short read has emptied the socket, unless its end was announced together with it.
        self.readable = read == buffer.len() || self.finished;
        Ok(read)
    }

    fn count_read(&self, read: usize, worker: &Worker) {
        let counters = worker.counters();
        counters.reads.add(1);
        counters.bytes_in.add(read as u64);
        self.session.info.active_ms.set(worker.now_ms);
        self.session.info.totals[0].add(read as u64);
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
            let rest = &bytes[used..];
            let parsed = match desk.prepared.take() {
                Some(Prepared { parsed, .. }) => parsed,
                None => {
                    let parsed = self.parse(rest, worker, desk);
                    self.plan(rest, WORTH_PLANNING, worker, desk);
                    desk.plan.fetch_entries();
                    parsed
                }
            };
            let Desk { batch, plan, .. } = &*desk;
            plan.fetch_elements(&worker.engine, self.session.db, |i| batch.args(i, rest));
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

    /// Reads and parses what has arrived, and asks for the memory of its first commands. A turn
    /// with the same desk must follow, and runs it. False where there is nothing to be done ahead.
    pub fn prepare(&mut self, worker: &Worker, desk: &mut Desk) -> bool {
        if !self.wants_more() || !self.input.is_empty() || self.finished {
            return false;
        }
        // What is wrong with the socket shows in its turn.
        let Ok(read @ 1..) = self.read(&mut desk.buffer) else { return false };
        self.count_read(read, worker);
        let buffer = std::mem::take(&mut desk.buffer);
        let parsed = self.parse(&buffer[..read], worker, desk);
        self.plan(&buffer[..read], 0, worker, desk);
        desk.buffer = buffer;
        desk.prepared = Some(Prepared { read, parsed });
        true
    }

    fn parse(&mut self, bytes: &[u8], worker: &Worker, desk: &mut Desk) -> Parsed {
        let limits = self.limits(worker);
        let most = if self.session.authenticated { BATCH } else { 1 };
        desk.batch.clear();
        self.parser.parse(bytes, &limits, &mut desk.batch, most)
    }

    /// Looks the batch's commands up and asks for the buckets of their keys, if they are several
    /// or a single one has more words than `worth`.
    fn plan(&self, bytes: &[u8], worth: usize, worker: &Worker, desk: &mut Desk) {
        let Desk { batch, plan, .. } = desk;
        plan.clear();
        let count = batch.len();
        if count > 1 || count == 1 && batch.args(0, bytes).len() > worth {
            let (engine, db) = (&*worker.engine, self.session.db);
            (0..count).for_each(|i| plan.add(engine, batch.args(i, bytes)));
            plan.fetch_buckets(engine, db);
        }
    }

    /// Runs the batch: how many commands ran, and where the last of them ends.
    fn run_batch(
        &mut self,
        bytes: &[u8],
        worker: &mut Worker,
        desk: &mut Desk,
        pump: &mut dyn Pump,
    ) -> (usize, usize) {
        if desk.batch.is_empty() {
            return (0, 0);
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
}
