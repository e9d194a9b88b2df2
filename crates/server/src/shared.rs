//! What all event loops share: the engine, each other's doors, and the count of connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::SyncSender;

use engine::letter::Letter;
use engine::{Engine, Worker};
use mio::Waker;
use parking_lot::Mutex;
use structures::Mailbox;

use crate::dump::Part;
use crate::mail::Mail;
use crate::settings::Settings;
use crate::text_log::TextLog;

/// Where to leave mail for a worker.
pub struct Door {
    mailbox: Mailbox<Mail>,
    waker: Waker,
    /// Replicas that the worker feeds. Counted before the first look into the log, whose lock
    /// orders that against a writer's look at this (`structures/tests/loom/order.rs`).
    pub replicas: AtomicUsize,
    /// Connections that the worker serves: a hint for who gets the next one.
    pub connections: AtomicUsize,
}

impl Door {
    /// A door whose bell is this waker.
    pub fn new(waker: Waker) -> Door {
        let (replicas, connections) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Door { mailbox: Mailbox::default(), waker, replicas, connections }
    }

    /// Leaves mail and wakes the worker if it may be asleep.
    pub fn post(&self, mail: Mail) {
        if self.mailbox.post(mail)
            && let Err(error) = self.waker.wake()
        {
            // Without its bell a worker still looks into its mailbox ten times a second.
            eprintln!("cannot wake a worker: {error}");
        }
    }

    /// Takes what is there.
    pub fn take(&self, into: &mut Vec<Mail>) {
        self.mailbox.take(into);
    }

    /// Whether there may be mail.
    pub fn is_rung(&self) -> bool {
        self.mailbox.is_rung()
    }
}

/// What all event loops share.
pub struct Shared {
    /// Keys, clients, settings.
    pub engine: Arc<Engine>,
    /// One door per worker.
    pub doors: Vec<Door>,
    /// Open connections.
    pub connections: AtomicUsize,
    /// The server is ending.
    pub stopping: AtomicBool,
    /// What was said on the command line and in the file.
    pub settings: Settings,
    /// Who asked for the end of the server, which waits for the last snapshot: a worker, its
    /// client, and whether the server ends even where the snapshot fails.
    pub leaving: Mutex<Option<(usize, u64, bool)>>,
    /// The text log.
    pub log: TextLog,
    /// Where the sweeps of a running snapshot leave their parts.
    pub dump: Mutex<Option<SyncSender<Part>>>,
    /// The dump file under its name is this process's own.
    pub owns_dump: AtomicBool,
}

impl Shared {
    /// Leaves mail for a worker.
    pub fn post(&self, worker: usize, mail: Mail) {
        self.doors[worker].post(mail);
    }

    /// Hands out what commands left for others' clients.
    pub fn send_letters(&self, worker: &mut Worker) {
        for (to, letter) in worker.outbox.letters.drain(..) {
            self.post(to, Mail::Letter(letter));
        }
        if std::mem::take(&mut worker.outbox.log_released) {
            self.doors.iter().for_each(|door| door.post(Mail::Released));
        }
        if std::mem::take(&mut worker.outbox.log_grew) {
            for door in &self.doors {
                if door.replicas.load(Ordering::Relaxed) > 0 {
                    door.post(Mail::Letter(Letter::LogGrew));
                }
            }
        }
    }

    /// Ends the server.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.doors.iter().for_each(|door| door.post(Mail::Stop));
    }

    /// The worker with the fewest connections.
    pub fn least_busy(&self) -> usize {
        let load = |index: &usize| self.doors[*index].connections.load(Ordering::Relaxed);
        (0..self.doors.len()).min_by_key(load).unwrap_or(0)
    }
}
