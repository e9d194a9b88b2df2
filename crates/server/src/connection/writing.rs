//! The way out of a connection: replies leave when the log is as durable as they need and the
//! socket has room.
//!
//! A slow client keeps its replies here until it takes them, or until the limits of its kind close
//! it.

use std::io::{self, ErrorKind, IoSlice, Write};

use engine::Worker;
use engine::config::Config;

use super::Connection;

/// Bytes of one connection that are written before others get their turn.
const WRITE_PER_TURN: usize = 1 << 20;
/// Pieces of long replies of one connection that are made before others get their turn.
const PIECES_PER_TURN: usize = 1;

impl Connection {
    /// Writes what may leave, until the socket is full.
    pub fn flush(&mut self, worker: &Worker) -> io::Result<()> {
        self.open_gates(worker);
        let peak = &self.session.info.reply_buffer[1];
        peak.set(peak.value().max(self.output.pending_bytes() as u64));
        let (mut left, mut pieces) = (WRITE_PER_TURN, 0);
        while !self.congested && left > 0 && pieces < PIECES_PER_TURN {
            if self.releasable() == 0 {
                break;
            }
            pieces += usize::from(self.output.make_piece());
            let most = self.releasable().min(left);
            let mut slices = [IoSlice::new(&[]); 16];
            let count = self.output.io_slices(&mut slices, most);
            let written = match &slices[..count] {
                [] => break,
                [only] => self.socket.write(only),
                several => self.socket.write_vectored(several),
            };
            match written {
                Ok(written) => {
                    let counters = worker.counters();
                    counters.writes.add(1);
                    counters.bytes_out.add(written as u64);
                    self.session.info.totals[1].add(written as u64);
                    self.output.advance(written);
                    left = left.saturating_sub(written);
                    self.congested = written == 0;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.congested = true,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.session.info.output_bytes.set(self.output.pending_bytes() as u64);
        self.output.shrink();
        self.session.info.reply_buffer[0].set(self.output.capacity() as u64);
        let copy_below = worker.config.general.min_string_size_avoid_copy_reply_bytes;
        // compat: 0 copies all.
        let copy_below = usize::try_from(copy_below).ok().filter(|bytes| *bytes > 0);
        self.output.set_copy_below(copy_below.unwrap_or(usize::MAX));
        Ok(())
    }

    /// The client has been idle: its buffer of replies shrinks.
    pub fn shrink_output(&mut self, long: bool) {
        self.output.shrink_idle(long);
        let [room, peak] = &self.session.info.reply_buffer;
        room.set(self.output.capacity() as u64);
        peak.set(self.output.len() as u64);
    }

    /// Whether there is something that may leave and the socket would take it.
    pub fn can_write(&self) -> bool {
        !self.congested && self.releasable() > 0
    }

    fn open_gates(&mut self, worker: &Worker) {
        let watermark = worker.engine.log.watermark();
        while let Some((position, _)) = self.gates.pop_front_if(|(_, offset)| *offset <= watermark)
        {
            self.open_until = position;
        }
    }

    fn releasable(&self) -> usize {
        match self.gates.front() {
            None => self.output.len(),
            Some(_) => self.open_until.saturating_sub(self.output.written()) as usize,
        }
    }

    /// Whether the pending output is above the limits of this kind of client.
    pub fn is_over_limit(&mut self, config: &Config, now_ms: u64) -> bool {
        let limits = &config.clients.client_output_buffer_limit;
        let limit = match (self.session.replica, self.session.subscription_count()) {
            (true, _) => &limits.replica,
            (false, 0) => &limits.normal,
            (false, _) => &limits.pubsub,
        };
        let pending = self.output.memory() as u64;
        if limit.hard_bytes > 0 && pending > limit.hard_bytes {
            return true;
        }
        if limit.soft_bytes == 0 || pending <= limit.soft_bytes {
            self.soft_limit_since_ms = None;
            return false;
        }
        let since = *self.soft_limit_since_ms.get_or_insert(now_ms);
        now_ms.saturating_sub(since) > limit.soft_seconds * 1000
    }
}
