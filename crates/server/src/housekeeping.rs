//! What a worker does by the clock: blocked clients that give up, expired keys, idle clients and
//! clients that do not read.

use std::time::Instant;

use resp::{Output, Reply};

use crate::event_loop::EventLoop;

/// A worker spends at most this long on expired keys before it looks at its sockets again.
const EXPIRE_SLICE_US: u128 = 500;
const TICK_MS: u64 = 100;
const EXPIRE_MS: u64 = 25;

impl EventLoop {
    /// Runs what is due.
    pub(crate) fn run_timers(&mut self) {
        let now = self.worker.now_ms;
        while let Some((deadline, client)) = self.timers.pop_due(now) {
            self.give_up(client, deadline);
        }
        if self.expire_again || now >= self.next_expire_ms {
            self.expire();
            self.next_expire_ms = now + EXPIRE_MS;
        }
        if now >= self.next_tick_ms {
            self.next_tick_ms = now + TICK_MS;
            self.accept_rest();
            self.look_at_clients();
            structures::alloc::fold();
        }
    }

    /// A blocked client's time is over, if it is still blocked in the same command.
    fn give_up(&mut self, client: u64, deadline: u64) {
        let Some((index, connection)) = self.connection_of(client) else { return };
        if connection.blocked_until_ms != Some(deadline) {
            return;
        }
        let Some(waiter) = connection.session.blocked.clone() else { return };
        if !waiter.claim() {
            return;
        }
        let mut output = Output::default();
        waiter.write_timeout(&mut Reply::new(&mut output, waiter.protocol));
        connection.resume(&output.to_vec(), 0);
        self.worker.forget_waiter(&waiter);
        self.turn(index);
    }

    fn expire(&mut self) {
        let started = Instant::now();
        self.expire_again =
            self.worker.expire_cycle(&mut || started.elapsed().as_micros() < EXPIRE_SLICE_US);
        if !self.worker.outbox.is_empty() {
            self.send_outbox();
        }
    }

    /// Closes clients that were idle for too long or do not take their replies.
    fn look_at_clients(&mut self) {
        let config = self.worker.config.clone();
        let now = self.worker.now_ms;
        let timeout_ms = u64::try_from(config.network.timeout_s).unwrap_or(0) * 1000;
        for index in 0..self.connections.len() {
            let Some(connection) = self.connection(index) else { continue };
            let session = &connection.session;
            let exempt = session.replica
                || session.blocked.is_some()
                || session.subscription_count() > 0
                || session.monitor;
            let idle = now.saturating_sub(session.info.active_ms.value());
            let expired = timeout_ms > 0 && !exempt && idle > timeout_ms;
            if expired || connection.is_over_limit(&config, now) {
                self.close(index);
            }
        }
    }
}
