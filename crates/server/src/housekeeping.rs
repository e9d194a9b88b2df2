//! What a worker does by the clock: blocked clients that give up, expired keys, idle clients and
//! clients that do not read.

use std::sync::atomic::Ordering;
use std::time::Instant;

use engine::snapshot::SavedPart;
use engine::sweep::Progress;
use std::sync::mpsc::{SyncSender, TrySendError};

use crate::dump::{self, Part};
use crate::event_loop::EventLoop;
use crate::mail::Mail;

/// A worker spends at most this long on expired keys before it looks at its sockets again.
const EXPIRE_SLICE_US: u128 = 500;
/// A worker frees removed values for this long before it looks at its sockets again.
const DISPOSE_SLICE_US: u128 = 300;
/// A worker sweeps for this long before it looks at its sockets again.
const SWEEP_SLICE_US: u128 = 200;
/// A worker moves entries for this long at a time, a fiftieth of its time.
const COMPACT_SLICE_US: u128 = 500;
/// And for this long, two fifths of its time, when somebody has asked for the memory.
const HURRIED_SLICE_US: u128 = 10_000;
const TICK_MS: u64 = 100;
/// A client that has been idle for so long keeps no buffer at all.
const LONG_IDLE_MS: u64 = 60_000;
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
            self.compact();
            self.dispose();
            self.next_expire_ms = now + EXPIRE_MS;
        } else if self.disposing {
            self.dispose();
        }
        if now >= self.next_tick_ms {
            self.next_tick_ms = now + TICK_MS;
            self.accept_rest();
            self.follow_signal();
            self.sample();
            self.look_at_clients();
            self.worker.sweep_leftovers();
            self.worker.evict_idle();
            self.send_outbox();
            structures::alloc::fold();
            structures::slab::tidy_thread();
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
        let reply = self.worker.timeout_reply(&waiter);
        self.resume(index, &reply, 0);
    }

    /// A blocked client has its reply: it goes on.
    pub(crate) fn resume(&mut self, index: usize, reply: &[u8], offset: u64) {
        let slot = self.connections.get_mut(index);
        let Some(connection) = slot.and_then(Option::as_deref_mut) else { return };
        let waiter = connection.session.blocked.clone();
        connection.resume(reply, offset, &self.worker);
        if let Some((args, ticks)) = connection.blocked_in.take() {
            let cost = (ticks, reply.len() as u64);
            self.worker.account_unblocked(&connection.session.info, args.as_args(), cost);
        }
        if let Some(waiter) = waiter {
            self.worker.forget_waiter(&waiter);
        }
        self.turn(index);
    }

    fn expire(&mut self) {
        let started = Instant::now();
        self.expire_again =
            self.worker.expire_cycle(&mut || started.elapsed().as_micros() < EXPIRE_SLICE_US);
        let took_ms = started.elapsed().as_millis() as u64;
        let threshold_ms = self.worker.config.observability.latency_monitor_threshold_ms;
        if threshold_ms > 0 && took_ms >= threshold_ms {
            let at_s = self.worker.now_ms / 1000;
            self.shared.engine.latency.add("expire-cycle", at_s, took_ms);
        }
        if !self.worker.outbox.is_empty() {
            self.send_outbox();
        }
    }

    /// Frees what was removed for a while.
    fn dispose(&mut self) {
        let started = Instant::now();
        self.disposing =
            self.worker.dispose(&mut || started.elapsed().as_micros() < DISPOSE_SLICE_US);
    }

    /// Closes gaps in memory for a while.
    fn compact(&mut self) {
        let started = Instant::now();
        let hurried = self.shared.engine.compactions.is_hurried();
        let slice_us = if hurried { HURRIED_SLICE_US } else { COMPACT_SLICE_US };
        self.worker.compact(&mut || started.elapsed().as_micros() < slice_us);
    }

    /// Starts to write the dump file of a snapshot that has begun.
    pub(crate) fn begin_dump(&mut self, client: Option<u64>) {
        let waiting = client.map(|client| (self.index(), client));
        let mut dump = self.shared.dump.lock();
        match dump::start(&self.shared, waiting) {
            Ok(sender) => *dump = Some(sender),
            Err(error) => {
                self.shared.log.warning(&format!("Can't save in background: {error}"));
                self.shared.engine.snapshots.cancelled.store(true, Ordering::Release);
                dump::tell(&self.shared, waiting, false);
            }
        }
        drop(dump);
        self.shared.doors.iter().for_each(|door| door.post(Mail::Released));
    }

    /// Does a slice of this worker's part of a snapshot.
    pub(crate) fn sweep(&mut self) {
        self.sweeping = self.swept || self.worker.has_to_sweep();
        if !self.sweeping {
            return;
        }
        let Some(sender) = self.shared.dump.lock().clone() else { return self.sweep_for_nobody() };
        if (self.swept || !self.part.is_empty()) && !self.hand_over(&sender) {
            return;
        }
        let started = Instant::now();
        let progress = self
            .worker
            .sweep(&mut self.part, &mut || started.elapsed().as_micros() < SWEEP_SLICE_US);
        self.swept = matches!(progress, Progress::Done | Progress::DoneLast);
    }

    /// Gives the writer what is swept; whether there is more to sweep now.
    fn hand_over(&mut self, sender: &SyncSender<Part>) -> bool {
        let part = Part { saved: std::mem::take(&mut self.part), is_last: self.swept };
        self.disk_is_behind = false;
        match sender.try_send(part) {
            Ok(()) => {}
            Err(TrySendError::Full(part)) => {
                // The disk is slower than the sweep: look after clients meanwhile.
                self.part = part.saved;
                self.disk_is_behind = true;
                return false;
            }
            Err(TrySendError::Disconnected(_)) => {
                self.shared.log.warning("the dump's writer is gone");
            }
        }
        if std::mem::take(&mut self.swept) {
            self.sweeping = false;
        }
        self.sweeping
    }

    /// The file could not even be begun: the sweep goes on, to leave the entries' bits right.
    fn sweep_for_nobody(&mut self) {
        let snapshots = &self.shared.engine.snapshots;
        if !snapshots.cancelled.load(Ordering::Acquire) {
            return;
        }
        self.part = SavedPart::default();
        if self.worker.sweep(&mut self.part, &mut || false) == Progress::DoneLast {
            self.shared.engine.snapshots.end(false, self.worker.now_ms);
        }
    }

    /// Notes how much there was to do, and how much memory is in use.
    fn sample(&self) {
        if self.index() != 0 {
            return;
        }
        let engine = &self.shared.engine;
        let sample = [
            engine.total(|counters| counters.commands.value()),
            engine.total(|counters| counters.bytes_in.value()),
            engine.total(|counters| counters.bytes_out.value()),
            engine.total(|counters| counters.turns.value()),
        ];
        engine.rates.add(self.worker.now_ms, sample);
        let used = structures::alloc::used_bytes() as u64;
        engine.peak_bytes.fetch_max(used, Ordering::Relaxed);
        structures::slab::tidy_regions();
        engine.compactions.begin_if_wanted(engine.counters.len());
    }

    /// Closes clients that were idle for too long or do not take their replies.
    fn look_at_clients(&mut self) {
        let config = self.worker.config.clone();
        let now = self.worker.now_ms;
        let timeout_ms = u64::try_from(config.network.timeout_s).unwrap_or(0) * 1000;
        let shrink_ms = self.shared.engine.reply_buffer_idle_ms.load(Ordering::Relaxed);
        for index in 0..self.connections.len() {
            let Some(connection) = self.connection(index) else { continue };
            let idle = now.saturating_sub(connection.session.info.active_ms.value());
            if idle >= shrink_ms {
                connection.shrink_output(idle >= LONG_IDLE_MS);
            }
            let session = &connection.session;
            let exempt = session.replica
                || session.blocked.is_some()
                || session.subscription_count() > 0
                || session.monitor;
            let expired = timeout_ms > 0 && !exempt && idle > timeout_ms;
            if expired || connection.is_over_limit(&config, now) {
                self.close(index);
            }
        }
    }
}
